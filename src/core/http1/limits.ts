/** Bounds on what a peer may make us hold. Each is a number; exceeding it is a RemoteProtocolError with the status given. */
export interface Limits {
  /** Octets of the request line without CRLF (414 for the target, else 400). gunicorn's `--limit-request-line`; default 8190. */
  readonly maxRequestLineBytes: number;
  /** Field lines per head, and per trailer section (431). gunicorn's `--limit-request-fields`; default 100. */
  readonly maxFields: number;
  /** Octets of one field line (431). gunicorn's `--limit-request-field-size`; default 8190. */
  readonly maxFieldLineBytes: number;
  /** Octets of the whole head (431). Default 65 535: positions within it are numbers of sixteen bits then. */
  readonly maxHeadBytes: number;
  /** Octets of content (413). Default Infinity; the server sets its own. */
  readonly maxBodyBytes: number;
  /** Octets of chunk extensions per chunk (400). Default 256. */
  readonly maxChunkExtensionBytes: number;
}

/** What holds where nobody says otherwise. */
export const defaultLimits: Limits = Object.freeze({
  maxRequestLineBytes: 8190,
  maxFields: 100,
  maxFieldLineBytes: 8190,
  maxHeadBytes: 65_535,
  maxBodyBytes: Infinity,
  maxChunkExtensionBytes: 256,
});
