/** Locals of a script, at its calls of sockets and where it prints. */
import { expect, test } from 'vitest';
import { ended, pythonRig, script } from '../helpers/python-machine.ts';

test.each([true, undefined])('asked for: %s', async (locals) => {
  const made = await pythonRig();
  await made.run({ 'main.py': `
import socket
def connect(port):
    who = 'nobody'
    try: socket.create_connection(('127.0.0.1', port))
    except OSError as error: print(who, type(error).__name__)
connect(9999)
` }, { lang: 'py', programs: [script('main')], server: { ...(locals && { locals }) } });
  await ended(made, 'main');
  const told = made.events.flatMap((event) => ('site' in event && event.site?.name === 'connect' ? [event.site.locals?.map(({ name, type, value }) => `${name}: ${type} = ${value}`)] : []));
  expect(made.logs()).toContain('nobody ConnectionRefusedError');
  expect(told.length).toBeGreaterThan(1);
  for (const each of told) {
    if (locals) expect(each).toEqual(expect.arrayContaining(['port: int = 9999', "who: str = 'nobody'"]));
    else expect(each).toBeUndefined();
  }
}, 60_000);
