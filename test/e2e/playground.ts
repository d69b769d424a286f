/**
 * The playground as a visitor sees it: by the roles and names of the page, which are an interface (DESIGN §4.5).
 * Everything that knows the page's inside beyond that is in this file.
 */
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { encodeSnippet } from '../../src/api/snippet.ts';
import type { Snippet } from '../../src/snippet/schema.ts';

/** What a snippet in a spec has to say; the rest are defaults. */
export type SnippetParts = Partial<Snippet> & Pick<Snippet, 'files'>;

/** A whole snippet: one TypeScript WSGI app and one GET request, unless told otherwise. */
export function snippet(parts: SnippetParts): Snippet {
  return {
    v: 1,
    lang: 'ts',
    interface: 'auto',
    entry: `${Object.keys(parts.files)[0]}:app`,
    requests: [{ name: 'GET /', raw: 'GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n' }],
    server: {},
    network: {},
    view: {},
    ...parts,
  };
}

export type TraceTab = 'Response' | 'Wire' | 'Timeline' | 'Environ' | 'Scope' | 'States' | 'Console' | 'Machine';

export class Playground {
  readonly page: Page;
  readonly #site: string;

  readonly editor: Locator;
  readonly request: Locator;
  readonly trace: Locator;
  readonly status: Locator;

  constructor(page: Page, site: string) {
    this.page = page;
    this.#site = site;
    this.editor = page.getByRole('region', { name: 'Editor' });
    this.request = page.getByRole('region', { name: 'Request' });
    this.trace = page.getByRole('region', { name: 'Trace' });
    this.status = page.getByRole('status', { name: 'Server status' });
  }

  /** Opens the page; `fragment` with or without `#`. */
  async open(fragment = ''): Promise<void> {
    await this.page.goto(this.address(fragment));
    await this.editor.waitFor();
  }

  /** Address of the page with a fragment. */
  address(fragment = ''): string {
    return this.#site + (fragment === '' ? '' : `#${fragment.replace(/^#/, '')}`);
  }

  /** Opens a link to a snippet, as somebody would who was sent it. */
  async openSnippet(parts: SnippetParts): Promise<void> {
    await this.open(await encodeSnippet(snippet(parts)));
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Presses Run and waits until the server listens. */
  async run(): Promise<void> {
    await this.button('Run').click();
    await this.listening();
  }

  async listening(): Promise<void> {
    await expect.poll(() => this.status.textContent(), { timeout: 15_000 }).toMatch(/listening/i);
  }

  /** Presses Send. */
  async send(): Promise<void> {
    await this.button('Send').click();
  }

  async showTrace(tab: TraceTab): Promise<Locator> {
    await this.trace.getByRole('tab', { name: tab, exact: true }).click();
    const panel = this.trace.getByRole('tabpanel', { name: tab });
    await panel.waitFor();
    return panel;
  }

  /** Text of a tab of the Trace region. */
  async traceText(tab: TraceTab): Promise<string> {
    return (await this.showTrace(tab)).innerText();
  }

  /** Waits for an answer and gives its status line, and what the Response tab says beside it, in one line. */
  async answer(): Promise<string> {
    const text = async (): Promise<string> => (await this.traceText('Response')).replaceAll(/\s+/g, ' ');
    await expect.poll(text, { timeout: 15_000 }).toMatch(/^[1-5]\d\d\b/);
    return text();
  }

  /** The body of the answer as text. */
  async responseBody(): Promise<string> {
    const response = await this.showTrace('Response');
    const text = response.getByRole('radio', { name: 'Text', exact: true });
    if ((await text.count()) > 0) await text.check({ force: true });
    return (await response.locator('pre.body-text').textContent()) ?? '';
  }

  /** The frame that shows the body of the answer as a page. */
  async preview(): Promise<FrameLocator> {
    const response = await this.showTrace('Response');
    return response.frameLocator('iframe[title^="Preview"]');
  }

  /** Keys and shown values of the Environ tab. */
  async environ(): Promise<Map<string, string>> {
    const panel = await this.showTrace('Environ');
    const rows = panel.getByRole('row').filter({ has: this.page.getByRole('rowheader') });
    await rows.first().waitFor();
    const pairs = await rows.evaluateAll((found) =>
      found.map((row) => [row.querySelector('th')?.textContent ?? '', row.querySelector('.entry-value')?.textContent ?? ''] as const),
    );
    return new Map(pairs);
  }

  /** Selects a key in the Environ tab. */
  async selectKey(key: string): Promise<void> {
    const panel = await this.showTrace('Environ');
    await panel.getByRole('button', { name: key, exact: true }).click();
  }

  /** Names of the lit keys of the Environ tab, sorted. */
  async litKeys(): Promise<string[]> {
    const panel = await this.showTrace('Environ');
    return (await panel.locator('tr.linked th').allTextContents()).toSorted();
  }

  /** Selects the row of the Timeline that has this title. */
  async selectEvent(title: string): Promise<void> {
    const timeline = await this.showTrace('Timeline');
    // Headings of groups say the start line too.
    const row = timeline.locator('[data-kind="event"]').filter({ has: this.page.getByText(title, { exact: true }) }).first();
    await this.#scrollThrough(timeline, async () => (await row.count()) > 0);
    await row.click();
  }

  /** Selects the token at `offset` of the client's stream in the Wire tab, by a click on its byte. */
  async selectByte(offset: number): Promise<void> {
    const wire = await this.showTrace('Wire');
    const byte = wire.locator(`[data-stream="c2s"] .hex [data-o="${offset}"]`);
    await this.#scrollThrough(wire, async () => (await byte.count()) > 0);
    await byte.click();
  }

  /** Bytes of the client's stream that are lit in the Wire tab, as latin-1 text. */
  async litBytes(): Promise<string> {
    const wire = await this.showTrace('Wire');
    const lit = new Map<number, string>();
    await this.#scrollThrough(wire, async () => {
      const seen = await wire.locator('[data-stream="c2s"] .hex .selected').evaluateAll((cells) =>
        cells.map((cell) => [Number((cell as HTMLElement).dataset['o']), cell.textContent] as const),
      );
      for (const [offset, hex] of seen) lit.set(offset, hex);
      return false;
    });
    return [...lit].toSorted(([a], [b]) => a - b).map(([, hex]) => String.fromCharCode(parseInt(hex, 16))).join('');
  }

  /** Moves a virtualised grid from its beginning to its end, screen by screen, until `found`. */
  async #scrollThrough(panel: Locator, found: () => Promise<boolean>): Promise<void> {
    const grid = panel.locator('[role=grid], [role=treegrid]').first();
    await grid.evaluate((element) => { element.scrollTop = 0; });
    for (;;) {
      // Rows are drawn in the frame after the scroll.
      await this.page.evaluate(() => new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(drawn)); }));
      if (await found()) return;
      const moved = await grid.evaluate((element) => {
        const before = element.scrollTop;
        element.scrollTop += element.clientHeight * 0.8;
        return element.scrollTop > before;
      });
      if (!moved) return;
    }
  }

  /** Types a whole request into the Raw tab, as latin-1. Ends of line are CR LF there. */
  async writeRequest(text: string): Promise<void> {
    await this.request.getByRole('tab', { name: 'Raw', exact: true }).click();
    await this.page.getByRole('textbox', { name: 'Raw request' }).fill(text.replaceAll('\r\n', '\n'));
  }

  async rawRequest(): Promise<string> {
    await this.request.getByRole('tab', { name: 'Raw', exact: true }).click();
    return this.page.getByRole('textbox', { name: 'Raw request' }).inputValue();
  }

  /** Address that the Share dialog gives. */
  async shareLink(): Promise<string> {
    await this.button('Share').click();
    const dialog = this.page.getByRole('dialog', { name: 'Share' });
    await expect.poll(() => dialog.getByRole('textbox', { name: 'Link' }).inputValue()).toContain('#1.');
    const link = await dialog.getByRole('textbox', { name: 'Link' }).inputValue();
    await this.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    return link;
  }

  async chooseExample(title: string): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Example' }).selectOption({ label: title });
  }

  /** Puts the caret into the code. */
  async focusCode(): Promise<void> {
    // Not by a click: Monaco's text box has no size.
    await this.editor.getByRole('textbox', { name: 'Editor' }).focus();
  }

  /** Replaces the text of the open file by a paste: what is typed, Monaco would indent and close brackets for. */
  async typeCode(text: string): Promise<void> {
    await this.page.evaluate((code) => navigator.clipboard.writeText(code), text);
    await this.focusCode();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.press('ControlOrMeta+V');
    const firstLine = text.split('\n')[0]!;
    await expect.poll(() => this.code()).toContain(firstLine);
  }

  /** The code as it is shown: of the plain editor, or the lines that Monaco has drawn. */
  async code(): Promise<string> {
    return this.editor.evaluate((editor) => {
      const plain = editor.querySelector<HTMLTextAreaElement>('textarea.code-input');
      if (plain !== null) return plain.value;
      const top = (line: HTMLElement): number => Number.parseFloat(line.style.top);
      const lines = [...editor.querySelectorAll<HTMLElement>('.view-lines > .view-line')].toSorted((a, b) => top(a) - top(b));
      if (lines.length > 0) return lines.map((line) => line.textContent).join('\n').replaceAll('\u00a0', ' ');
      return editor.querySelector('.code-picture')?.textContent ?? '';
    });
  }
}
