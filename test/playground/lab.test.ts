/** Every request of the lab is refused as it promises: by the server that the page runs, over a socket, before the app is called. */
import { describe, expect, test } from 'vitest';
import { inject } from '../../src/api/index.ts';
import { latin1Bytes } from '../../src/client/latin1.ts';
import { lab } from '../../src/playground/lab.ts';
import { inspect } from '../../src/playground/inspect.ts';

test('no two have the same name', () => {
  expect(new Set(lab.map(({ id }) => id)).size).toBe(lab.length);
});

describe.each(lab)('$id', ({ raw, status, code, clause }) => {
  test('the parser says so while it is typed', () => {
    const result = inspect(raw);
    expect(result).toMatchObject({ kind: 'refused', error: { code, status, clause } });
  });

  test('the server answers so, and does not call the app', async () => {
    let called = false;
    const app = (_environ: object, startResponse: (status: string, headers: [string, string][]) => unknown): Uint8Array[] => {
      called = true;
      startResponse('200 OK', []);
      return [];
    };
    const response = await inject(app, { raw: latin1Bytes(raw) }, { interface: 'wsgi' });
    expect([response.status, called]).toEqual([status, false]);
    expect(response.text()).toContain(clause);
  });
});
