import type { SendResult } from '../machine/types.ts';
import { Cookies } from './cookies.ts';
import { addressOf, followed, redirected, requestOctets, submitted, type PageRequest, type SubmittedForm } from './page-request.ts';
import { header } from './response.ts';

/** A page that was visited. It is not asked for again when one comes back to it. */
export interface Visit {
  readonly request: PageRequest;
  readonly connection: number;
  readonly exchange: number;
}

/** What a browser needs of its surroundings. */
export interface BrowserPorts {
  /** Send octets (latin-1) to the server; undefined where nothing runs. */
  readonly send: (raw: string) => Promise<SendResult | undefined>;
  /** Show the page of this exchange. */
  readonly show: (visit: Visit) => void;
  /** Something that is shown of the browser itself has changed. */
  readonly changed: () => void;
}

/** Why an address was not followed. */
export type NotFollowed = 'elsewhere' | 'no-page' | 'too-many' | 'no-answer';

/** Redirections in a row (Fetch: 20). */
const maxRedirects = 20;

/** A small browser for the server in the page: addresses, links, forms, redirections, cookies, and a way back. */
export class Browser {
  readonly cookies = new Cookies();
  readonly #ports: BrowserPorts;
  #visits: Visit[] = [];
  #at = -1;
  #busy = false;
  #problem: { readonly why: NotFollowed; readonly href: string } | undefined;

  constructor(ports: BrowserPorts) {
    this.#ports = ports;
  }

  get page(): Visit | undefined {
    return this.#visits[this.#at];
  }

  /** Pages that one can go back and forward to. */
  get back(): boolean {
    return this.#at > 0;
  }

  get forward(): boolean {
    return this.#at < this.#visits.length - 1;
  }

  /** An answer is awaited. */
  get busy(): boolean {
    return this.#busy;
  }

  /** The last address that was not followed, until the next that is. */
  get problem(): { readonly why: NotFollowed; readonly href: string } | undefined {
    return this.#problem;
  }

  /** An answer is on the screen that the browser did not ask for: it is the page now. */
  see(raw: string, result: SendResult): void {
    const { connection, exchange } = result;
    const known = this.#visits.findIndex((visit) => visit.connection === connection && visit.exchange === exchange);
    if (known >= 0) {
      this.#move(known);
      return;
    }
    // The browser will come to its own in a moment.
    if (this.#busy) return;
    const url = addressOf(raw);
    if (!url) return;
    this.#arrive({ request: { method: raw.slice(0, raw.indexOf(' ')), url }, connection, exchange }, result);
    this.#ports.changed();
  }

  /** Go to what is typed into the address bar: an address, or a path. */
  open(address: string): Promise<void> {
    const from = this.page?.request.url ?? new URL('http://127.0.0.1:8000/');
    const typed = address.trim();
    const href = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) || typed.startsWith('/') || typed.startsWith('?') ? typed : typed.startsWith(from.host) ? `http://${typed}` : `/${typed}`;
    return this.#follow(followed(href, from), href, false);
  }

  /** A link of the page was followed. */
  link(href: string): Promise<void> {
    const from = this.page?.request.url;
    return from ? this.#follow(followed(href, from), href, true) : Promise.resolve();
  }

  /** A form of the page was submitted. */
  submit(form: SubmittedForm): Promise<void> {
    const from = this.page?.request.url;
    return from ? this.#follow(submitted(form, from), form.action, true) : Promise.resolve();
  }

  /** Ask for the page again. */
  reload(): Promise<void> {
    const { page } = this;
    return page ? this.#follow(page.request, page.request.url.href, false, true) : Promise.resolve();
  }

  goBack(): void {
    if (this.back) this.#show(this.#at - 1);
  }

  goForward(): void {
    if (this.forward) this.#show(this.#at + 1);
  }

  clearCookies(): void {
    this.cookies.clear();
    this.#ports.changed();
  }

  /** The server was started again: what was visited is no more. Cookies stay, as in any browser. */
  forget(): void {
    this.#visits = [];
    this.#at = -1;
    this.#problem = undefined;
    this.#ports.changed();
  }

  #show(at: number): void {
    this.#move(at);
    if (this.page) this.#ports.show(this.page);
  }

  #move(at: number): void {
    if (at === this.#at) return;
    this.#at = at;
    this.#problem = undefined;
    this.#ports.changed();
  }

  #arrive(visit: Visit, result: SendResult, instead = false): void {
    this.#visits = [...this.#visits.slice(0, instead ? Math.max(0, this.#at) : this.#at + 1), visit];
    this.#at = this.#visits.length - 1;
    this.#problem = undefined;
    if (result.response) this.cookies.take(visit.request.url, result.response.headers);
  }

  #fail(why: NotFollowed, href: string): void {
    this.#problem = { why, href };
    this.#ports.changed();
  }

  /** `linked`: the page asked for it, so the server is told which page that was. */
  async #follow(request: PageRequest | undefined, href: string, linked: boolean, instead = false): Promise<void> {
    if (this.#busy) return;
    if (!request) return this.#fail('no-page', href);
    const from = this.page?.request.url;
    // There is one server here; what is elsewhere would have to be asked for over a real network.
    if (from && request.url.origin !== from.origin) return this.#fail('elsewhere', request.url.href);
    this.#busy = true;
    this.#ports.changed();
    try {
      await this.#fetch(request, linked ? from : undefined, instead);
    } finally {
      this.#busy = false;
      this.#ports.changed();
    }
  }

  async #fetch(first: PageRequest, from: URL | undefined, instead: boolean): Promise<void> {
    let request = first;
    for (let hops = 0; ; hops++) {
      const result = await this.#ports.send(requestOctets(request, { cookie: this.cookies.for(request.url), ...(from ? { from } : {}) }));
      if (!result || result.connection === 0) return this.#fail('no-answer', request.url.href);
      const visit: Visit = { request, connection: result.connection, exchange: result.exchange };
      const { response } = result;
      const location = response && header(response.headers, 'location');
      const next = response && redirected(request, response.status, location);
      if (!next || next.url.origin !== request.url.origin || hops >= maxRedirects) {
        this.#arrive(visit, result, instead);
        this.#ports.show(visit);
        if (next) this.#fail(hops >= maxRedirects ? 'too-many' : 'elsewhere', next.url.href);
        return;
      }
      // What lies on the way is in the trace, and not in the history.
      this.cookies.take(request.url, response.headers);
      request = next;
    }
  }
}
