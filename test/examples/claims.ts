/** Holds what was seen against what an example claims. One checker for every road: memory, TCP, the page. */
import { expect } from 'vitest';
import type { Claim } from '../../src/examples/index.ts';
import type { TraceEvent } from '../../src/trace/events.ts';

/** What came back for one request. */
export interface Seen {
  /** Every octet received, framing included. */
  readonly raw: Uint8Array;
  /** The response as a client understood it; missing where the connection ended before it was complete. */
  readonly response?: { readonly status: number; readonly headers: readonly (readonly [string, string])[]; readonly body: Uint8Array } | undefined;
}

/** Check the response. */
export function checkResponse(claim: Claim, seen: Seen): void {
  const raw = new TextDecoder().decode(seen.raw);
  expect(raw).toMatch(new RegExp(`^HTTP/1\\.[01] ${claim.status} `));
  if (claim.cutShort) {
    expect(seen.response, 'the response is complete').toBeUndefined();
    for (const piece of claim.bodyIncludes ?? []) expect(raw).toContain(piece);
    return;
  }
  expect(seen.response, 'the response is incomplete').toBeDefined();
  const { status, headers, body } = seen.response!;
  expect(status).toBe(claim.status);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  if (claim.body !== undefined) expect(text).toBe(claim.body);
  for (const piece of claim.bodyIncludes ?? []) expect(text).toContain(piece);
  for (const [name, value] of Object.entries(claim.headers ?? {})) {
    expect(headers.filter(([field]) => field.toLowerCase() === name).map(([, content]) => content), name).toEqual([value]);
  }
}

/** Check what the trace of that connection tells. Throws until all of it has come: some of it comes after the response. */
export function checkTrace(claim: Claim, trace: readonly TraceEvent[]): void {
  const about = trace.filter((event) => 'connection' in event && event.connection !== 0);
  const context = about.find((event) => 'entries' in event);
  for (const [key, value] of Object.entries(claim.context ?? {})) {
    expect(context?.entries.find((entry) => entry.key === key)?.value, key).toBe(value);
  }
  let from = 0;
  for (const wanted of claim.trace ?? []) {
    const at = about.findIndex((event, index) => index >= from && Object.entries(wanted).every(([key, value]) => (event as unknown as Record<string, unknown>)[key] === value));
    expect(at, `${JSON.stringify(wanted)} among ${about.slice(from).map((event) => event.type).filter((type) => type !== 'http.token').join(', ')}`).toBeGreaterThanOrEqual(0);
    from = at + 1;
  }
}

/** What the app wrote to `wsgi.errors` or the console, as far as the trace has it. */
export const logOf = (trace: readonly TraceEvent[]): string =>
  trace.flatMap((event) => (event.type === 'log' && event.source !== 'access' && event.source !== 'server' ? [event.text] : [])).join('\n');
