/** The body of an error response that we, not the application, answer with. */
import { ProtocolError } from '../core/http1/errors.ts';

/** What is told. `detail`: a stack, in debug mode. */
export interface ErrorPage {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

/** Reason phrases of the statuses that a server of ours sends (RFC 9110 §15). */
export const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request', 404: 'Not Found', 405: 'Method Not Allowed', 408: 'Request Timeout', 413: 'Content Too Large', 414: 'URI Too Long', 417: 'Expectation Failed', 426: 'Upgrade Required',
  431: 'Request Header Fields Too Large', 500: 'Internal Server Error', 501: 'Not Implemented', 503: 'Service Unavailable', 505: 'HTTP Version Not Supported',
};

const encoder = new TextEncoder();

/** As JSON where the client prefers it, else plain text. Neither can be taken for HTML, and no raw request octets are in it. */
export function errorPage(error: unknown, options: { readonly accept?: string | undefined; readonly debug?: boolean } = {}): ErrorPage {
  const facts = error instanceof ProtocolError
    ? { status: error.status, reason: reasons[error.status] ?? 'Error', code: error.code, clause: error.clause, offset: error.offset, message: error.message, advice: error.advice }
    : { status: 500, reason: reasons[500]!, code: 'app-error', message: 'The application failed to answer this request.', ...(options.debug ? { detail: error instanceof Error ? (error.stack ?? error.message) : String(error) } : {}) };
  const json = options.accept !== undefined && /\bapplication\/(?:[\w.+-]+\+)?json\b/i.test(options.accept);
  const text = json ? `${JSON.stringify(facts)}\n` : plain(facts);
  return {
    status: facts.status,
    headers: [['Content-Type', json ? 'application/json' : 'text/plain; charset=utf-8'], ['X-Content-Type-Options', 'nosniff']],
    body: encoder.encode(text),
  };
}

function plain(facts: { readonly status: number; readonly reason: string; readonly code: string; readonly message: string; readonly advice?: string; readonly clause?: string; readonly offset?: number; readonly detail?: string }): string {
  const lines = [`${facts.status} ${facts.reason}`, '', facts.message];
  if (facts.advice !== undefined) lines.push(facts.advice);
  if (facts.clause !== undefined) lines.push('', `${facts.code} at byte ${facts.offset} (${facts.clause})`);
  if (facts.detail !== undefined) lines.push('', facts.detail);
  return `${lines.join('\n')}\n`;
}
