/**
 * What is used of Pyodide without being documented. When this fails after an upgrade, read `src/python/gc-fix.ts` and
 * `src/python/boot.ts` again before `src/python/version.ts` is changed.
 */
import { readFileSync } from 'node:fs';
import * as pyodide from 'pyodide';
import { expect, test } from 'vitest';
import { scheduleBy, startPython } from '../../src/python/boot.ts';
import { standardModules } from '../../src/packages/imports.ts';
import { errno } from '../../src/python/errno.ts';
import { withGcFix } from '../../src/python/gc-fix.ts';
import { pyodideVersion } from '../../src/python/version.ts';
import { settle } from '../helpers/fake-clock.ts';
import { TestPython } from '../helpers/python.ts';

test('this is the Pyodide that Porthole was made for', () => {
  expect(pyodide.version).toBe(pyodideVersion);
  const { devDependencies, peerDependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Record<string, Record<string, string>>;
  expect([devDependencies!['pyodide'], peerDependencies!['pyodide']]).toEqual([pyodideVersion, pyodideVersion]);
});

test('another one is refused', async () => {
  await expect(startPython({ loadPyodide: pyodide.loadPyodide, version: '315.0.0' }, {})).rejects.toThrow(`Porthole needs Pyodide ${pyodideVersion}, and this is 315.0.0.`);
});

test('a module without saveState is not taken for mended', async () => {
  // The smallest module: a header.
  const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const { instantiate } = WebAssembly;
  await expect(withGcFix(() => WebAssembly.instantiate(empty, {}))).rejects.toThrow('no saveState');
  expect(WebAssembly.instantiate).toBe(instantiate);
});

test('the page knows the names of the standard library', async () => {
  const { python } = await TestPython.start();
  const names = python.pyodide.runPython("import sys; '\\n'.join(sorted(name for name in sys.stdlib_module_names if not name.startswith('_')))") as string;
  expect(names.split('\n').filter((name) => !standardModules.has(name))).toEqual([]);
});

test('current_frame is where the fix looks for it', async () => {
  const { python } = await TestPython.start();
  // CPython describes its own layout to debuggers, in a struct that begins with a cookie.
  const { HEAPU8 } = (python.pyodide as unknown as { readonly _module: { readonly HEAPU8: Uint8Array } })._module;
  const cookie = new TextEncoder().encode('xdebugpy');
  let at = -1;
  for (let i = HEAPU8.indexOf(cookie[0]!); i >= 0 && at < 0; i = HEAPU8.indexOf(cookie[0]!, i + 1)) if (cookie.every((octet, j) => HEAPU8[i + j] === octet)) at = i;
  expect(at).toBeGreaterThan(0);
  const view = new DataView(HEAPU8.buffer, at);
  expect(view.getBigUint64(8, true) >> 16n).toBe(0x030en);
  // After cookie, version and free_threaded come runtime_state (3 numbers) and interpreter_state (16), then thread_state: size, prev, next, interp, current_frame.
  const [, prev, next, interp, currentFrame] = Array.from({ length: 5 }, (_, i) => Number(view.getBigUint64(24 + (3 + 16 + i) * 8, true)));
  expect([prev, next, interp, currentFrame]).toEqual([0, 4, 8, 52]);
});

test("tasks of Python's event loop can be called by somebody else", async () => {
  const { python } = await TestPython.start();
  const due: [callback: () => void, ms: number][] = [];
  scheduleBy(python.pyodide, (callback, ms) => void due.push([callback, ms]));
  python.pyodide.runPython("import asyncio\ntold = []\nasync def wait():\n    told.append('began')\n    await asyncio.sleep(0.25)\n    told.append('went on')\ntask = asyncio.ensure_future(wait())");
  const waits: number[] = [];
  for (let next = due.shift(); next; next = due.shift()) {
    waits.push(next[1]);
    next[0]();
    // Where Python can be suspended, it goes on in a promise.
    await settle();
  }
  expect(waits).toContain(250);
  expect(python.pyodide.runPython("' '.join(told)")).toBe('began went on');
});

test('what sockets.ts replaces is there, and is called as it expects', async () => {
  const { python } = await TestPython.start();
  const { _module: module } = python.pyodide as unknown as { readonly _module: Record<string, Record<string, unknown>> };
  for (const name of ['SOCKFS', 'PIPEFS', 'DNS', 'validSuspender', 'FS']) expect(module[name], name).toBeTypeOf('object');
  expect(module['DNS']!['lookup_name']).toBeTypeOf('function');
  expect(module['SOCKFS']!['getSocket']).toBeTypeOf('function');
  // The text of Pyodide itself: which members it looks for, and with which arguments.
  const text = readFileSync(new URL(import.meta.resolve('pyodide/pyodide.asm.mjs')), 'utf8');
  for (const hook of [
    'function _maybe_connect_async(fd,addr,addrlen){var sock=Module.SOCKFS.getSocket(fd);if(!sock?.sock_ops?.connectAsync)return null;',
    'return sock.sock_ops.connectAsync(sock,info.addr,info.port)}',
    'function _maybe_recvfrom_async(fd,buf,len){var sock=Module.SOCKFS.getSocket(fd);if(!sock?.sock_ops?.recvmsgAsync)return null;',
    'var result=await sock.sock_ops.recvmsgAsync(sock,len);if(typeof result==="number")return result;Module.HEAPU8.set(result,buf);return result.length}',
    'function _maybe_sendto_async(fd,message,length){var sock=Module.SOCKFS.getSocket(fd);if(!sock?.sock_ops?.sendmsgAsync)return null;',
    'return sock.sock_ops.sendmsgAsync(sock,data)}',
    'function _maybe_poll_async(fds,nfds,timeout){if(!Module.SOCKFS.pollAsync){return null}',
    'return Module.SOCKFS.pollAsync(fds,nfds,timeout)}',
    'Module.HEAP32[result>>2]=sock.sock_ops.fcntl64(sock,cmd,arg)',
    'Module.HEAP32[result>>2]=sock.sock_ops.shutdown(sock,how)',
    'function saveState(){if(!validSuspender.value){return Module.error}',
  ]) expect(text, hook).toContain(hook);
});

test('errno has the numbers that errno.ts says', async () => {
  const { python } = await TestPython.start();
  const names = Object.keys(errno).filter((name) => name !== 'ENOTFOUND');
  expect(JSON.parse(python.pyodide.runPython(`import errno, json; json.dumps({name: getattr(errno, name) for name in ${JSON.stringify(names)}})`) as string)).toEqual(Object.fromEntries(names.map((name) => [name, errno[name as keyof typeof errno]])));
});

test('the threads of threading are made of what green.py replaces', async () => {
  const { python } = await TestPython.start();
  expect(python.pyodide.runPython(`
import _thread, threading, queue
[name for name in ('_start_joinable_thread', '_allocate_lock', '_CRLock', 'get_ident', '_ThreadHandle', '_make_thread_handle', '_thread_shutdown', '_active_limbo_lock') if not hasattr(threading, name)] \\
  + [name for name in ('start_joinable_thread', 'start_new_thread', 'allocate_lock', 'RLock', 'get_ident', '_ThreadHandle', '_make_thread_handle') if not hasattr(_thread, name)] + ([] if hasattr(queue, '_PySimpleQueue') else ['_PySimpleQueue'])
`).toString()).toBe('[]');
});
