/**
 * Opens the playground: builds the page if its sources have changed, serves it on a local port, and shows it in a
 * browser where there is a display.
 *
 *     usage: npm start
 *            npm start -- --port 5000 --no-open
 */
import { spawn } from 'node:child_process';
import { buildSite, siteFolder, siteIsCurrent } from './build.ts';
import { readOptions } from './options.ts';
import { serveStatic, type StaticServer } from './serve-static.ts';

/** Tried first, so that the address stays the same from one day to the next; if it is taken, the next nine, then any. */
const firstPort = 4173;

async function serveSomewhere(asked: string | undefined): Promise<StaticServer> {
  if (asked !== undefined) return serveStatic(siteFolder, { port: Number(asked) });
  for (let port = firstPort; port < firstPort + 10; port += 1) {
    try {
      return await serveStatic(siteFolder, { port });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  return serveStatic(siteFolder);
}

/** The program that opens a URL, where there is somebody to see it. */
function opener(): readonly string[] | undefined {
  if (process.env.CI !== undefined || !process.stdout.isTTY) return undefined;
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['cmd', '/c', 'start', ''];
  return process.env.DISPLAY === undefined && process.env.WAYLAND_DISPLAY === undefined ? undefined : ['xdg-open'];
}

const { values } = readOptions('usage: npm start -- [--port N] [--no-open]', { options: { port: { type: 'string' }, 'no-open': { type: 'boolean' } } });
if (values.port !== undefined && !/^\d{1,5}$/.test(values.port)) {
  console.error(`--port must be a number, not '${values.port}'.`);
  process.exit(2);
}
if (!siteIsCurrent()) {
  console.log('Building the page (some seconds) …');
  await buildSite();
}
const { url } = await serveSomewhere(values.port);
console.log(`Porthole: ${url}  (Ctrl+C to stop)`);
const command = values['no-open'] === true ? undefined : opener();
if (command !== undefined) {
  const [program, ...args] = command;
  // Whoever has no such program reads the line above.
  spawn(program!, [...args, url], { stdio: 'ignore', detached: true }).on('error', () => {}).unref();
}
