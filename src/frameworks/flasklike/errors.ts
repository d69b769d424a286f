/** An answer that is thrown: `abort(404)`. Werkzeug's `HTTPException`. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  constructor(status: number, description = '', headers: readonly (readonly [string, string])[] = []) {
    super(description || reasons[status] || 'Error');
    this.status = status;
    this.headers = headers;
  }
}

/** Stop here and answer with this status. */
export function abort(status: number, description?: string): never {
  throw new HttpError(status, description);
}

/** Reason phrases of RFC 9110 §15 that an application is likely to need. WSGI wants one in the status string. */
export const reasons: Readonly<Record<number, string>> = {
  200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content', 301: 'Moved Permanently', 302: 'Found', 303: 'See Other', 304: 'Not Modified',
  307: 'Temporary Redirect', 308: 'Permanent Redirect', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found',
  405: 'Method Not Allowed', 409: 'Conflict', 410: 'Gone', 413: 'Content Too Large', 415: 'Unsupported Media Type', 418: "I'm a teapot",
  422: 'Unprocessable Content', 429: 'Too Many Requests', 500: 'Internal Server Error', 501: 'Not Implemented', 503: 'Service Unavailable',
};
