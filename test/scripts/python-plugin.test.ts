/** The development server gives the page the files of Python, as a build does. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { expect, test } from 'vitest';
import { compiledStdlib } from '../../scripts/python-stdlib.ts';
import { portholePython } from '../../scripts/vite/python-plugin.ts';
import { pythonFiles } from '../../src/rpc/python-assets.ts';

test.each(['/', '/porthole/'])('the dev server at %s', async (base) => {
  const root = mkdtempSync(join(tmpdir(), 'porthole-dev-'));
  const server = await createServer({
    configFile: false, root, base, logLevel: 'silent', plugins: [portholePython()], optimizeDeps: { noDiscovery: true }, server: { port: 0, host: '127.0.0.1', watch: null, hmr: false, ws: false },
  });
  try {
    await server.listen();
    const origin = `http://127.0.0.1:${(server.httpServer!.address() as AddressInfo).port}`;
    // What the page imports says where the files are.
    const { pythonUrls, lockUrl, lockInfo, packagesUrl } = (await server.ssrLoadModule('virtual:porthole-python')) as {
      pythonUrls: Record<string, { url: string; size: number }>; lockUrl: string; lockInfo: string; packagesUrl: string;
    };
    expect(Object.keys(pythonUrls)).toEqual([...pythonFiles]);
    for (const [name, { url, size }] of Object.entries(pythonUrls)) {
      expect(url.startsWith(base)).toBe(true);
      const response = await fetch(new URL(url, origin));
      const octets = Buffer.from(await response.arrayBuffer());
      const original = readFileSync(name === 'python_stdlib.zip' ? await compiledStdlib() : fileURLToPath(import.meta.resolve(`pyodide/${name}`)));
      expect([name, response.status, octets.length, octets.equals(original)]).toEqual([name, 200, size, true]);
    }
    const lock = (await (await fetch(new URL(lockUrl, origin))).json()) as { info: { python: string }; packages: object };
    expect(JSON.parse(lockInfo)).toEqual(lock.info);
    expect(Object.keys(lock.packages)).toContain('micropip');
    expect(packagesUrl).toMatch(/^https:\/\/[^/]+\/pyodide\/v[\d.]+\/full\/$/);
  } finally {
    await server.close();
    rmSync(root, { recursive: true, force: true });
  }
}, 60_000);
