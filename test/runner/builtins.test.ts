import { expect, test } from 'vitest';
import * as asgi from '../../src/api/asgi.ts';
import * as process from '../../src/api/process.ts';
import * as socket from '../../src/api/socket.ts';
import * as wsgi from '../../src/api/wsgi.ts';
import { builtinsForTests } from '../helpers/builtins.ts';

const builtins = builtinsForTests();

test.each([['porthole/wsgi', wsgi], ['porthole/asgi', asgi]] as const)('a snippet that imports %s finds in the page what it finds on the command line', (specifier, entry) => {
  expect(builtins[specifier]).toEqual({ ...entry });
});

test.each([['porthole/socket', socket], ['porthole/process', process]] as const)('%s has the same names here and there', (specifier, entry) => {
  const kinds = (module: object): Record<string, string> => Object.fromEntries(Object.entries(module).map(([name, value]) => [name, typeof value]));
  expect(kinds(builtins[specifier]!)).toEqual(kinds(entry));
});
