/** A visitor: one browser profile with one page, and a record of everything in it that should not have happened. */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { browserFlags } from '../../scripts/browser.ts';
import { Playground } from './playground.ts';

/** How a visitor differs from the usual one. */
export interface VisitorOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  /** Grant reading and writing the clipboard. Default true. */
  readonly clipboard?: boolean;
  /** Let the page keep itself for when there is no network. Default false: what a spec sees comes from the server. */
  readonly offline?: boolean;
  /** Monaco, or the plain editor because the visitor prefers it: it loads in a third of the time. Default 'monaco', as for everybody who has chosen nothing. */
  readonly editor?: 'monaco' | 'plain';
  /** Start page of another copy of the site. */
  readonly site?: string;
}

/** One profile: nothing is shared with another visitor. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly playground: Playground;
  /**
   * Complaints so far: console errors and warnings, uncaught exceptions, violations of the page's own content security
   * policy, requests that failed, and requests to anywhere but the site. A test that provokes one excuses it.
   */
  readonly complaints: string[];
  /** Every address requested, in order. */
  readonly requests: string[];
}

let browser: Browser | undefined;
let visitors: Visitor[] = [];
let usual: VisitorOptions = {};

/** Starts one Chromium for the specs of a file, and after each test asserts that no visitor saw a complaint. `options`: of all visitors who don't say otherwise. */
export function useBrowser(options: VisitorOptions = {}): void {
  beforeAll(async () => {
    usual = options;
    browser = await chromium.launch({ executablePath: inject('chromium'), args: [...browserFlags] });
  });
  afterEach(async () => {
    const complaints = visitors.flatMap((visitor) => visitor.complaints);
    await Promise.all(visitors.map((visitor) => visitor.context.close()));
    visitors = [];
    expect(complaints, 'complaints in the browser').toEqual([]);
  });
  afterAll(async () => browser?.close());
}

/** Takes out the complaints that a test provoked on purpose. */
export function excuse(complaints: string[], provoked: (complaint: string) => boolean): void {
  complaints.splice(0, complaints.length, ...complaints.filter((complaint) => !provoked(complaint)));
}

/** A new profile with an empty page. Open the playground with `visitor.playground.open()`. */
export async function newVisitor(options: VisitorOptions = {}): Promise<Visitor> {
  if (browser === undefined) throw new Error('call useBrowser() at the top of the spec');
  const { width = 1440, height = 900, colorScheme = 'light', clipboard = true, offline = false, editor = 'monaco', site = inject('site') } = { ...usual, ...options };
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  // As in a browser that has none.
  if (!offline) await context.addInitScript(() => { Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'); });
  // Not in the frames, nor where there is nothing to see: an opaque origin has no storage.
  if (editor === 'plain') await context.addInitScript(() => { if (window === window.top && origin !== 'null') localStorage.setItem('porthole.prefs', JSON.stringify({ plainEditor: true, ...(JSON.parse(localStorage.getItem('porthole.prefs') ?? '{}') as object) })); });
  if (clipboard) await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(site).origin });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const visitor: Visitor = { context, page, playground: new Playground(page, site), complaints: [], requests: [] };
  watch(visitor, new URL(site).origin);
  visitors.push(visitor);
  return visitor;
}

function watch({ context, page, complaints, requests }: Visitor, origin: string): void {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('crash', () => complaints.push('the page crashed'));
  context.on('request', (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url)) requests.push(url);
    if (/^(https?|wss?):/.test(url) && new URL(url).origin !== origin) complaints.push(`request to ${url}`);
  });
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // Left behind by a navigation or a killed worker: nobody waits for it any more.
    if (reason !== 'net::ERR_ABORTED') complaints.push(`request failed: ${request.url()} (${reason})`);
  });
  context.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`status ${response.status()}: ${response.url()}`);
  });
}
