/** What the page does over time, without a page: storage, address, timers and machine are handed in. */
import { describe, expect, test } from 'vitest';
import { load } from '../../src/playground/drafts.ts';
import { Session, type SessionPorts } from '../../src/playground/session.ts';
import { decodeSnippet, encodeSnippet } from '../../src/snippet/link.ts';
import type { Snippet } from '../../src/snippet/schema.ts';
import { FakeMachine } from '../helpers/fake-machine.ts';
import { snippet } from './traces.ts';

const example = (text: string): Snippet => ({ ...snippet, files: { 'app.ts': text }, title: text });
const examples: Readonly<Record<string, Snippet>> = { first: example('first'), second: example('second') };

/** One browser: what outlives a page. */
class Browser {
  readonly items = new Map<string, string>();
  /** The entry of the history that the tab is at. */
  entry: { fragment: string; draft?: string | undefined } = { fragment: '' };
  #ids = 0;
  #timers = new Map<number, () => void>();
  machine = new FakeMachine();

  open(): Promise<Session> {
    this.machine = new FakeMachine();
    this.#timers = new Map();
    const ports: SessionPorts = {
      examples: { first: 'first', load: (name) => Promise.resolve(examples[name]) },
      machine: () => Promise.resolve(this.machine),
      storage: { getItem: (key) => this.items.get(key) ?? null, setItem: (key, value) => void this.items.set(key, value) },
      address: { read: () => this.entry.fragment, draft: () => this.entry.draft, write: (entry) => { this.entry = { ...this.entry, ...entry }; } },
      timers: {
        after: (_ms, callback) => {
          this.#timers.set(++this.#ids, callback);
          return this.#ids;
        },
        cancel: (handle) => void this.#timers.delete(handle as number),
      },
      nextFrame: (callback) => callback(),
      wallMs: () => this.#ids,
      newId: () => `draft-${++this.#ids}`,
      engine: '1.2.3',
    };
    return Session.open(ports);
  }

  get fragment(): string {
    return this.entry.fragment;
  }

  /** Go to another address: a new entry of the history. */
  set fragment(fragment: string) {
    this.entry = { fragment };
  }

  /** Let the pending timers fire, and what they began finish. */
  async settle(): Promise<void> {
    for (const [id, callback] of [...this.#timers]) {
      this.#timers.delete(id);
      callback();
    }
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 0));
  }

  get drafts(): string[] {
    return load({ getItem: (key) => this.items.get(key) ?? null, setItem: () => {} }).map((draft) => draft.work.snippet.files['app.ts'] ?? '');
  }
}

const text = (session: Session): string | undefined => session.store.state.work.snippet.files['app.ts'];
const type = (session: Session, typed: string): void => session.store.dispatch({ type: 'file/edit', path: 'app.ts', text: typed });

describe('opening', () => {
  test('without a link and without drafts: the first example', async () => {
    const session = await new Browser().open();
    expect([text(session), session.store.state.work.trusted]).toEqual(['first', true]);
  });

  test('a link to an example; a link to one that there is not', async () => {
    const browser = new Browser();
    browser.fragment = '#ex=second';
    expect(text(await browser.open())).toBe('second');
    browser.fragment = '#ex=third';
    const session = await browser.open();
    expect(text(session)).toBe('first');
    // The example that is shown instead is started; that does not take the message away.
    await session.run();
    expect(session.store.state.notice).toMatchObject({ kind: 'bad-link', code: 'unknown-example' });
  });

  test('a foreign snippet is shown and waits for Run; Send does not start it', async () => {
    const browser = new Browser();
    browser.fragment = await encodeSnippet(example('foreign'));
    const session = await browser.open();
    expect([text(session), session.store.state.work.trusted]).toEqual(['foreign', false]);
    await session.send();
    expect(browser.machine.runs).toEqual([]);
    expect(session.store.state.notice).toEqual({ kind: 'wait-for-run' });
    await session.run();
    await session.send();
    expect(browser.machine.runs).toHaveLength(1);
    expect(browser.machine.sent).toHaveLength(1);
  });

  test('a foreign snippet that was edited and not run still waits after a reload; once it was run it does not', async () => {
    const browser = new Browser();
    browser.fragment = await encodeSnippet(example('foreign'));
    let session = await browser.open();
    type(session, 'edited');
    await browser.settle();
    session = await browser.open();
    expect([text(session), session.store.state.work.trusted]).toEqual(['edited', false]);
    await session.run();
    await browser.settle();
    session = await browser.open();
    expect([text(session), session.store.state.work.trusted]).toEqual(['edited', true]);
  });

  test('a damaged link says so, and what was there is there', async () => {
    const browser = new Browser();
    type(await browser.open(), 'mine');
    await browser.settle();
    const link = await encodeSnippet(example('foreign'));
    browser.fragment = link.slice(0, -9);
    const session = await browser.open();
    expect(text(session)).toBe('mine');
    expect(session.store.state.notice).toMatchObject({ kind: 'bad-link', code: 'truncated' });
    // The address still holds the damaged link, until something is changed.
    await browser.settle();
    expect(browser.fragment).toBe(link.slice(0, -9));
  });
});

describe('nothing that was typed is lost', () => {
  test('by a reload, even one that comes before typing has settled', async () => {
    const browser = new Browser();
    const session = await browser.open();
    type(session, 'typed');
    session.store.dispatch({ type: 'request/edit', raw: 'GET /typed HTTP/1.1\r\n\r\n' });
    session.flush();
    const again = await browser.open();
    expect(text(again)).toBe('typed');
    expect(again.store.state.work.snippet.requests[0]?.raw).toBe('GET /typed HTTP/1.1\r\n\r\n');
  });

  test('by a reload after the address was written and typing went on', async () => {
    const browser = new Browser();
    const session = await browser.open();
    type(session, 'typed');
    await browser.settle();
    type(session, 'typed, and more');
    session.flush();
    expect(text(await browser.open())).toBe('typed, and more');
  });

  test('by a step back after a link was followed', async () => {
    const browser = new Browser();
    const session = await browser.open();
    type(session, 'typed');
    session.flush();
    const mine = browser.entry;
    browser.fragment = await encodeSnippet(example('foreign'));
    await session.followAddress();
    expect(text(session)).toBe('foreign');
    browser.entry = mine;
    await session.followAddress();
    expect([text(session), session.store.state.work.trusted]).toEqual(['typed', true]);
  });

  test('by a duplicate of the tab, in which the same draft goes on', async () => {
    const browser = new Browser();
    const session = await browser.open();
    type(session, 'typed');
    session.flush();
    const duplicate = await browser.open();
    type(duplicate, 'in the duplicate');
    duplicate.flush();
    type(session, 'in the first');
    session.flush();
    expect(browser.drafts.toSorted()).toEqual(['in the duplicate', 'in the first']);
  });

  test('by choosing an example: undo brings it back, and so do the drafts', async () => {
    const browser = new Browser();
    const session = await browser.open();
    type(session, 'typed');
    await session.useExample('second');
    expect(text(session)).toBe('second');
    expect(browser.drafts).toEqual(['typed']);
    session.undo();
    expect(text(session)).toBe('typed');
  });

  test('by undoing after the example was edited too', async () => {
    const browser = new Browser();
    const session = await browser.open();
    type(session, 'typed');
    await session.useExample('second');
    type(session, 'second, edited');
    session.undo();
    await browser.settle();
    expect(browser.drafts.toSorted()).toEqual(['second, edited', 'typed']);
  });

  test('by following a link in the open page', async () => {
    const browser = new Browser();
    const session = await browser.open();
    type(session, 'typed');
    browser.fragment = await encodeSnippet(example('foreign'));
    await session.followAddress();
    expect([text(session), session.store.state.work.trusted]).toEqual(['foreign', false]);
    expect(browser.drafts).toEqual(['typed']);
    session.undo();
    expect([text(session), session.store.state.work.trusted]).toEqual(['typed', true]);
  });

  test('by a damaged link in the open page', async () => {
    const browser = new Browser();
    const session = await browser.open();
    type(session, 'typed');
    browser.fragment = (await encodeSnippet(example('foreign'))).replace(/.$/, '_');
    await session.followAddress();
    expect(text(session)).toBe('typed');
    expect(session.store.state.notice).toMatchObject({ kind: 'bad-link' });
  });

  test('by another tab that keeps its own work', async () => {
    const browser = new Browser();
    const one = await browser.open();
    const other = await browser.open();
    type(one, 'in one tab');
    one.flush();
    type(other, 'in the other');
    other.flush();
    expect(browser.drafts).toEqual(['in the other', 'in one tab']);
  });

  test('an example that nobody touched leaves no draft', async () => {
    const browser = new Browser();
    const session = await browser.open();
    await session.useExample('second');
    session.store.dispatch({ type: 'view/trace-tab', tab: 'wire' });
    await browser.settle();
    expect(browser.drafts).toEqual([]);
    expect(session.store.state.undo).toBeNull();
  });
});

describe('the address', () => {
  test('names an example while it is untouched, and holds the snippet once it is not', async () => {
    const browser = new Browser();
    const session = await browser.open();
    session.store.dispatch({ type: 'view/trace-tab', tab: 'wire' });
    await browser.settle();
    expect(browser.fragment).toBe('#ex=first');
    type(session, 'typed');
    await browser.settle();
    const decoded = await decodeSnippet(browser.fragment);
    expect(decoded.files).toEqual({ 'app.ts': 'typed' });
    expect(decoded.engine).toBe('1.2.3');
  });

  test('a reload of an address that the page wrote is not foreign', async () => {
    const browser = new Browser();
    const session = await browser.open();
    type(session, 'typed');
    session.store.dispatch({ type: 'view/trace-tab', tab: 'wire' });
    await browser.settle();
    const again = await browser.open();
    expect([text(again), again.store.state.work.trusted, again.store.state.notice]).toEqual(['typed', true, null]);
    expect(again.store.state.work.snippet.view.traceTab).toBe('wire');
  });
});

describe('running and sending', () => {
  test('Send starts the app where it does not run, and again where it was edited since; not otherwise', async () => {
    const browser = new Browser();
    const session = await browser.open();
    await session.send();
    await session.send();
    expect(browser.machine.runs).toHaveLength(1);
    type(session, 'edited');
    await session.send();
    expect(browser.machine.runs.map((run) => run.files['app.ts'])).toEqual(['first', 'edited']);
    expect(browser.machine.sent).toHaveLength(3);
    expect(session.store.state.sends.at(-1)?.result?.response?.status).toBe(200);
  });

  test('where the app cannot be loaded nothing is sent, and the problem is in the state', async () => {
    const browser = new Browser();
    const session = await browser.open();
    type(session, 'const x = = 2;');
    await session.send();
    expect(browser.machine.sent).toEqual([]);
    expect(session.store.state.machine.problem).toMatchObject({ name: 'SyntaxError', site: { line: 2 } });
  });

  test('an answer that never comes does not hold up the page; Stop ends it', async () => {
    const browser = new Browser();
    const session = await browser.open();
    await session.run();
    browser.machine.answer = () => ({ hang: true });
    const sending = session.send();
    await browser.settle();
    expect(session.store.state.sends.at(-1)?.result).toBeUndefined();
    expect(session.store.state.focus).toEqual({ connection: 1, exchange: 1 });
    type(session, 'typed meanwhile');
    await session.stop();
    await sending;
    expect(session.store.state.sends.at(-1)?.result?.failure?.kind).toBe('stopped');
    expect(text(session)).toBe('typed meanwhile');
  });

  test('a machine that cannot be loaded is said, and tried again', async () => {
    const browser = new Browser();
    const session = await browser.open();
    const { machine } = browser;
    let fails = true;
    browser.machine = new Proxy(machine, { get: (target, name) => {
      if (name === 'run' && fails) return () => Promise.reject(new Error('no network'));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    } });
    await session.run();
    expect(session.store.state.notice).toEqual({ kind: 'machine-failed', detail: 'no network' });
    fails = false;
    await session.run();
    expect(session.store.state.machine.state).toBe('running');
    expect(session.store.state.notice).toBeNull();
  });
});

describe('a link to a place in the trace', () => {
  test('Run sends the request and goes there; the link says it again', async () => {
    const browser = new Browser();
    browser.fragment = await encodeSnippet({ ...snippet, view: { step: 9, selection: 'key:PATH_INFO', traceTab: 'environ' } });
    const session = await browser.open();
    expect(browser.machine.sent).toEqual([]);
    expect((await decodeSnippet(await session.link())).view).toMatchObject({ step: 9, selection: 'key:PATH_INFO' });
    await session.run();
    expect(browser.machine.sent).toHaveLength(1);
    expect(session.store.state).toMatchObject({ focus: { connection: 1, exchange: 1 }, step: 9, selection: { kind: 'key', key: 'PATH_INFO' } });
    expect((await decodeSnippet(await session.link())).view).toEqual({ step: 9, selection: 'key:PATH_INFO', traceTab: 'environ' });
    // Once there, the visitor goes on as usual.
    await session.run();
    expect(browser.machine.sent).toHaveLength(1);
    expect(session.store.state.step).toBeNull();
    expect((await decodeSnippet(await session.link())).view).toEqual({ traceTab: 'environ' });
  });

  test('Send of the visitor\'s own code starts it and goes there, with one request', async () => {
    const browser = new Browser();
    browser.fragment = await encodeSnippet({ ...snippet, view: { selection: 'c2s:0-4' } });
    const session = await browser.open();
    session.store.dispatch({ type: 'work/trust' });
    await session.send();
    expect(browser.machine.sent).toHaveLength(1);
    expect(session.store.state.selection).toEqual({ kind: 'bytes', connection: 1, stream: 'c2s', span: [0, 4] });
  });
});

describe('comparing', () => {
  const programs = [{ name: 'gateway', kind: 'gateway', entry: 'app.ts:app' }, { name: 'other', kind: 'script', entry: 'app.ts' }] as const;
  const listening = (browser: Browser): void => browser.machine.become({
    ...browser.machine.status,
    programs: [['gateway', '127.0.0.1:8000'], ['other', '127.0.0.1:9000']].map(([name, address]) => ({ name: name!, kind: 'script', state: 'running', listening: [address!], processes: [], names: [] })),
  });
  const compared = async (more: Partial<Snippet> = {}): Promise<[Browser, Session]> => {
    const browser = new Browser();
    browser.fragment = await encodeSnippet({ ...snippet, programs, ...more, view: { traceTab: 'compare', ...more.view } });
    const session = await browser.open();
    await session.run();
    listening(browser);
    return [browser, session];
  };

  test('Send gives the same bytes to everybody who listens; the others are of no interest to the other views', async () => {
    const [browser, session] = await compared();
    await session.send();
    expect(browser.machine.sentTo).toEqual(['127.0.0.1:8000', '127.0.0.1:9000']);
    expect(new Set(browser.machine.sent).size).toBe(1);
    const { comparison, focus, sends } = session.store.state;
    expect(comparison).toMatchObject({ id: 1, raw: browser.machine.sent[0], asked: [{ program: 'gateway', connection: 1, result: { connection: 1 } }, { program: 'other', connection: 2, result: { connection: 2 } }] });
    expect(focus).toEqual({ connection: 1, exchange: 1 });
    expect(sends.map(({ result }) => result?.connection)).toEqual([1, 2]);
  });

  test('only those that are chosen, which is part of the link', async () => {
    const [browser, session] = await compared({ view: { compared: ['other'] } });
    await session.send();
    expect(browser.machine.sentTo).toEqual(['127.0.0.1:9000']);
    session.store.dispatch({ type: 'view/compared', programs: undefined });
    await session.send();
    expect(browser.machine.sentTo.slice(1)).toEqual(['127.0.0.1:8000', '127.0.0.1:9000']);
    session.store.dispatch({ type: 'view/compared', programs: ['gateway'] });
    expect((await decodeSnippet(await session.link())).view).toEqual(expect.objectContaining({ traceTab: 'compare', compared: ['gateway'] }));
  });

  test('one that does not answer keeps nobody waiting; what was left open is closed by the next one', async () => {
    const [browser, session] = await compared();
    browser.machine.answer = () => ({ hang: browser.machine.sent.length === 1 });
    const first = session.send();
    await browser.settle();
    expect(session.store.state.comparison?.asked.map(({ result }) => result !== undefined)).toEqual([false, true]);
    const second = session.send();
    await second;
    expect(browser.machine.disconnected).toEqual([1, 2]);
    expect(session.store.state.comparison).toMatchObject({ asked: [{ connection: 3 }, { connection: 4 }] });
    // Its late end is no news of the second.
    await session.stop();
    await first;
    expect(session.store.state.comparison?.asked.map(({ result }) => result?.connection)).toEqual([3, 4]);
  });

  test('an answer that comes late takes nobody away from what is looked at', async () => {
    const [browser, session] = await compared();
    browser.machine.answer = () => ({ hang: browser.machine.sent.length === 1 });
    const sending = session.send();
    await browser.settle();
    session.store.dispatch({ type: 'focus', focus: { connection: 7, exchange: 1 } });
    await session.stop();
    await sending;
    expect(session.store.state.focus).toEqual({ connection: 7, exchange: 1 });
  });

  test('elsewhere Send goes to the gateway alone', async () => {
    const [browser, session] = await compared({ view: { traceTab: 'wire' } });
    await session.send();
    expect(browser.machine.sentTo).toEqual([undefined]);
    expect(session.store.state.comparison).toBeNull();
  });
});

describe('packages that a run has found', () => {
  const flask = { name: 'flask', version: '3.1.1', sha256: 'ab'.repeat(32) };

  test('go into the snippet and its links; an example that nobody touched is one still', async () => {
    const browser = new Browser();
    browser.fragment = '#ex=second';
    const session = await browser.open();
    await session.run();
    browser.machine.tellPackages([flask]);
    await browser.settle();
    expect([browser.fragment, browser.drafts]).toEqual(['#ex=second', []]);
    expect(session.store.state.work.snippet.packages).toEqual([flask]);
    const link = await session.link();
    expect((await decodeSnippet(link)).packages).toEqual([flask]);
    // Whoever opens the link runs with these.
    browser.fragment = link;
    const other = await browser.open();
    await other.run();
    expect(browser.machine.runs.at(-1)?.packages).toEqual([flask]);
  });

  test('do not make what runs stale, and are forgotten by Update, which starts again', async () => {
    const browser = new Browser();
    const session = await browser.open();
    await session.run();
    browser.machine.tellPackages([flask]);
    await session.send();
    expect(browser.machine.runs).toHaveLength(1);
    await session.updatePackages();
    expect(browser.machine.runs.map(({ packages }) => packages)).toEqual([undefined, undefined]);
    browser.machine.tellPackages([{ ...flask, version: '3.1.2' }]);
    expect(session.store.state.work.snippet.packages).toMatchObject([{ version: '3.1.2' }]);
  });
});
