import { CookieJar } from 'tough-cookie';

/** A cookie as it is shown. */
export interface ShownCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  /** Until the end of the session where it is absent. */
  readonly expires?: Date;
  readonly httpOnly: boolean;
  readonly secure: boolean;
}

/** What a browser keeps of `Set-Cookie` and sends back (RFC 6265). It lives as long as the page. */
export class Cookies {
  #jar = new CookieJar();

  /** Take in the `Set-Cookie` lines of an answer. Those that a browser would refuse are left out; how many were is returned. */
  take(url: URL, headers: readonly (readonly [name: string, value: string])[]): number {
    let refused = 0;
    for (const [name, value] of headers) {
      if (name.toLowerCase() !== 'set-cookie') continue;
      try {
        if (!this.#jar.setCookieSync(value, url.href)) refused++;
      } catch {
        // Another site's domain, a public suffix, or not a cookie at all.
        refused++;
      }
    }
    return refused;
  }

  /** Value of the `Cookie` field for a request; '' where there is none to send. */
  for(url: URL): string {
    return this.#jar.getCookieStringSync(url.href);
  }

  /** All of them, by domain, path and name. */
  list(): ShownCookie[] {
    return (this.#jar.serializeSync()?.cookies ?? []).map((cookie): ShownCookie => ({
      name: String(cookie['key'] ?? ''), value: String(cookie['value'] ?? ''), domain: String(cookie['domain'] ?? ''), path: String(cookie['path'] ?? '/'),
      ...(typeof cookie['expires'] === 'string' && cookie['expires'] !== 'Infinity' ? { expires: new Date(cookie['expires']) } : {}),
      httpOnly: cookie['httpOnly'] === true, secure: cookie['secure'] === true,
    }));
  }

  clear(): void {
    this.#jar = new CookieJar();
  }
}
