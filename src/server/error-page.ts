/**
 * The body of an error response that we, not the application, answer with: what was wrong, which rule says so, where, and what
 * to do. Plain text or JSON, as the client prefers; never HTML, and never a raw octet of the request: `message`s are ours,
 * and what they quote is escaped where it is made (`showOctet`, `show`).
 */
import type { FieldPairs } from '../core/http1/events.ts';
import type { RefusalFacts } from '../gateway/channel.ts';
import { reasonPhrase } from '../gateway/reason.ts';

/** A body, and the fields that describe it. */
export interface ErrorPage {
  readonly headers: FieldPairs;
  readonly body: Uint8Array;
}

const encoder = new TextEncoder();

/** Make the page. `accept`: value of the request's Accept field. */
export function errorPage(facts: RefusalFacts, accept: string | undefined): ErrorPage {
  const json = prefersJson(accept);
  return {
    // nosniff: text that quotes an application's error must not be taken for a page.
    headers: [['Content-Type', json ? 'application/json' : 'text/plain; charset=utf-8'], ['X-Content-Type-Options', 'nosniff'], ['Cache-Control', 'no-store']],
    body: encoder.encode(json ? `${JSON.stringify({ reason: reasonPhrase(facts.status), ...facts })}\n` : plain(facts)),
  };
}

function plain({ status, code, message, advice, clause, offset, detail }: RefusalFacts): string {
  const lines = [`${status} ${reasonPhrase(status)}`, '', message];
  if (advice !== undefined && advice !== '') lines.push(advice);
  if (clause !== undefined) lines.push('', `${code}${offset === undefined ? '' : ` at byte ${offset}`} (${clause})`);
  if (detail !== undefined) lines.push('', detail);
  return `${lines.join('\n')}\n`;
}

/** RFC9110-12.5.1: does the client prefer JSON to plain text? Without a word about either, text it is. */
export function prefersJson(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    return { type, weight: Number.isNaN(weight) ? 1 : weight };
  });
  // "The most specific reference has precedence": a type, then a type with any subtype, then anything.
  const weightOf = (...candidates: readonly string[]): number => {
    for (const candidate of candidates) {
      const found = ranges.filter(({ type }) => type === candidate);
      if (found.length > 0) return Math.max(...found.map(({ weight }) => weight));
    }
    return 0;
  };
  return Math.max(weightOf('application/json', 'application/*', '*/*'), weightOf('application/problem+json')) > weightOf('text/plain', 'text/*', '*/*');
}
