/** The frame's side of the handshake, over windows that do what `postMessage` does and nothing more. */
import { beforeEach, describe, expect, test } from 'vitest';
import { heightForCode, joinHost, type FrameHost } from '../../src/embed/frame.ts';
import { protocolVersion, sealed, type HostMessage } from '../../src/embed/protocol.ts';
import { decodeSnippet } from '../../src/snippet/link.ts';

const host = 'https://docs.example';

/** What a window is to the frame. Messages are cloned and arrive later, as in a browser. */
class FakeWindow extends EventTarget {
  readonly HashChangeEvent = Event;
  readonly location: { search: string; hash: string; href: string };
  readonly posted: { data: any; to: string }[] = [];
  parent: FakeWindow = this;
  constructor(search = '') {
    super();
    this.location = { search, hash: '', href: '' };
  }
  readonly history = { replaceState: (_state: unknown, _title: string, fragment: string): void => { this.location.hash = fragment; } };
  setTimeout = (callback: () => void, ms: number): unknown => setTimeout(callback, ms);
  clearTimeout = (handle: NodeJS.Timeout): void => clearTimeout(handle);
  postMessage(data: unknown, to: string): void {
    this.posted.push({ data: structuredClone(data), to });
  }
  /** A message to this window. */
  hear(data: unknown, source: FakeWindow, origin = host): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data: structuredClone(data), source, origin }));
  }
}

let page: FakeWindow;
let outer: FakeWindow;
beforeEach(() => {
  page = new FakeWindow('?host');
  outer = page.parent = new FakeWindow();
});

const join = (patienceMs = 2000): Promise<FrameHost | undefined> => joinHost(page as unknown as Window & typeof globalThis, { engine: '1.2.3', patienceMs });
const settings = { theme: 'dark', readOnly: false } as const;
const ping = (more: Partial<HostMessage> = {}): unknown => sealed({ type: 'ping', version: protocolVersion, settings, ...more });
const types = (): string[] => outer.posted.map(({ data }) => data.type as string);
const settled = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 20); });

test('hello to anybody, pong to the origin that pinged', async () => {
  const joined = join();
  page.hear(ping(), outer);
  expect((await joined)!.settings).toEqual(settings);
  expect(outer.posted).toEqual([
    { data: { porthole: 1, type: 'hello', versions: [1] }, to: '*' },
    { data: { porthole: 1, type: 'pong', version: 1, engine: '1.2.3' }, to: host },
  ]);
});

test('a source is in the address as a link when the frame has joined', async () => {
  const joined = join();
  page.hear(ping({ source: { files: { 'app.ts': '  export const app = 1;' }, title: 'Given', requests: [{ name: 'one', text: 'GET /one' }] } }), outer);
  await joined;
  expect(await decodeSnippet(page.location.hash)).toMatchObject({ title: 'Given', files: { 'app.ts': 'export const app = 1;\n' }, requests: [{ name: 'one' }] });
});

describe('nobody there', () => {
  test('a tab of its own does not wait', async () => {
    page.parent = page;
    expect(await join()).toBeUndefined();
    expect(page.posted).toEqual([]);
  });

  test('an iframe whose address promises no host does not wait', async () => {
    page.location.search = '';
    expect(await join()).toBeUndefined();
    expect(outer.posted).toEqual([]);
  });

  test('a host that does not answer is waited for only so long', async () => {
    expect(await join(10)).toBeUndefined();
  });
});

describe('others are not listened to', () => {
  test('another window', async () => {
    const joined = join(50);
    page.hear(ping(), new FakeWindow());
    expect(await joined).toBeUndefined();
    expect(types()).toEqual(['hello']);
  });

  test('the right window with another origin, once one has been heard', async () => {
    const joined = join();
    page.hear(ping(), outer);
    const frame = (await joined)!;
    page.hear(ping({ settings: { theme: 'light', readOnly: true } }), outer, 'https://evil.example');
    expect(frame.settings).toEqual(settings);
    expect(types()).toEqual(['hello', 'pong']);
  });

  test('an update before a ping', async () => {
    const joined = join(50);
    page.hear(sealed({ type: 'update', version: protocolVersion, settings }), outer);
    expect(await joined).toBeUndefined();
  });
});

describe('after joining', () => {
  let frame: FrameHost;
  beforeEach(async () => {
    const joined = join();
    page.hear(ping({ source: { files: { 'app.ts': 'one' } } }), outer);
    frame = (await joined)!;
  });
  const update = (more: Partial<HostMessage>): void => page.hear(sealed({ type: 'update', version: protocolVersion, settings, ...more }), outer);

  test('settings are told now and when they change, and only then', () => {
    const told: unknown[] = [];
    frame.onSettings((now) => told.push(now));
    update({});
    update({ settings: { theme: 'light', readOnly: true, panel: 'wire' } });
    expect(told).toEqual([settings, { theme: 'light', readOnly: true, panel: 'wire' }]);
  });

  test('another source is followed like a link; the same one again is not', async () => {
    let changes = 0;
    page.addEventListener('hashchange', () => { changes += 1; });
    update({ source: { files: { 'app.ts': 'one' } } });
    await settled();
    expect(changes).toBe(0);
    update({ source: { files: { 'app.ts': 'two' } } });
    await settled();
    expect(changes).toBe(1);
    expect((await decodeSnippet(page.location.hash)).files).toEqual({ 'app.ts': 'two\n' });
  });

  test('a source that is none is answered with the problem, and changes nothing', async () => {
    const before = page.location.hash;
    update({ source: { files: { '../x.ts': '' } } });
    await settled();
    expect(page.location.hash).toBe(before);
    expect(outer.posted.at(-1)).toMatchObject({ data: { type: 'problem', message: expect.stringContaining('x.ts') as string }, to: host });
  });

  test('a height is told whole and once', () => {
    frame.reportHeight(400.2);
    frame.reportHeight(401);
    frame.reportHeight(NaN);
    frame.reportHeight(500);
    expect(outer.posted.filter(({ data }) => data.type === 'height').map(({ data }) => data.height as number)).toEqual([401, 500]);
  });
});

test('a host without an origin (a file, a sandbox) is answered too', async () => {
  const joined = join();
  page.hear(ping(), outer, 'null');
  await joined;
  expect(outer.posted.at(-1)).toMatchObject({ data: { type: 'pong' }, to: '*' });
});

test('height for code: all of it, within reason', () => {
  expect(heightForCode(3, 20)).toBe(360);
  expect(heightForCode(20, 20)).toBe(520);
  expect(heightForCode(500, 20)).toBe(760);
});
