import { expect, test } from 'vitest';
import * as asgi from '../../src/api/asgi.ts';
import * as wsgi from '../../src/api/wsgi.ts';
import { builtins } from '../../src/runner/builtins.ts';

test.each([['porthole/wsgi', wsgi], ['porthole/asgi', asgi]] as const)('a snippet that imports %s finds in the page what it finds on the command line', (specifier, entry) => {
  expect(builtins[specifier]).toEqual({ ...entry });
});
