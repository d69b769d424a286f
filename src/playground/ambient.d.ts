/** Addresses (WHATWG URL): pages, workers and Node all have them. As much of them as the small browser needs. */
declare class URL {
  constructor(url: string | URL, base?: string | URL);
  static canParse(url: string, base?: string): boolean;
  readonly href: string;
  readonly origin: string;
  readonly protocol: string;
  readonly host: string;
  readonly pathname: string;
  search: string;
  hash: string;
}
declare class URLSearchParams {
  constructor(entries: [string, string][]);
  toString(): string;
}
