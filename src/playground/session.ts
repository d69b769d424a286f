import type { LoadPlan } from '../machine/load-types.ts';
import type { Machine, Outgoing, SendResult, WebSocketSend, WebSocketSession } from '../machine/types.ts';
import { LinkError, SnippetError } from '../snippet/errors.ts';
import { decodeSnippet, encodeSnippet, exampleLink, readFragment } from '../snippet/link.ts';
import { programsOf } from '../snippet/programs.ts';
import type { Snippet, SnippetRecording } from '../snippet/schema.ts';
import type { TraceEvent } from '../trace/events.ts';
import { latin1Bytes } from '../client/latin1.ts';
import { discard, findContent, keep, load, sameContent, store as storeDrafts, type Draft, type Drafts, type DraftStorage } from './drafts.ts';
import { turnsOf, type Turn } from './delivery.ts';
import { isPlace, placeFrom, placeOf, viewWithPlace, type Place } from './place.ts';
import { companions, shownRequest } from './requests.ts';
import { initialState, isStale, isUp, type Notice, type Work } from './state.ts';
import { Store } from './store.ts';
import { newsOf, newsOfSend, openingOf, type WsNews } from './web-socket.ts';

/** The catalogue, as far as the session needs it. */
export interface Examples {
  /** Shown to a visitor who comes without a link and without a draft. */
  readonly first: string;
  /** Undefined where there is no such example. */
  load(name: string): Promise<Snippet | undefined>;
}

/** The world outside, handed in: no DOM here. */
export interface SessionPorts {
  readonly examples: Examples;
  /** Resolves once the machine's code has arrived. Asked for once, not before the first Run. */
  readonly machine: () => Promise<Machine>;
  readonly storage: DraftStorage;
  /** The address bar, and what the browser keeps beside this entry of its history. */
  readonly address: AddressPort;
  readonly timers: { after(ms: number, callback: () => void): unknown; cancel(handle: unknown): void };
  /** Call back before the next paint: trace batches are shown once per frame. */
  readonly nextFrame: (callback: () => void) => void;
  readonly wallMs: () => number;
  /** A name that no other draft has. */
  readonly newId: () => string;
  /** Version of Porthole, written into links. */
  readonly engine: string;
}

/** Where the page is in the browser's history. */
export interface AddressPort {
  /** The fragment. */
  read(): string;
  /** Id of the draft that this entry showed when it was left: known after a reload or a step back, not to somebody who got the link. */
  draft(): string | undefined;
  /** Replace this entry. Without a fragment the address stays as it is. */
  write(entry: { readonly fragment?: string; readonly draft: string | undefined }): void;
}

/** How long after the last change a draft is kept and the address follows. ms. */
const settleMs = 400;

/** Trace events that are taken in between two frames: as many as take this long. ms. */
const takeMs = 8;
const perFrame = { least: 500, most: 10_000 };

/**
 * What the page does over time: opens a link or a draft, starts and stops the machine, sends, keeps drafts, and keeps
 * the address in step. The state itself is in {@link Store}; the view calls these methods and dispatches plain actions.
 */
export class Session {
  readonly store: Store;
  readonly #ports: SessionPorts;
  #machine: Promise<Machine> | undefined;
  #running: Promise<void> | undefined;
  #draftId: string;
  /** The snippet as it was opened: while its content is unchanged there is nothing to keep. */
  #opened: Snippet;
  /** The snippet as it was last kept under {@link #draftId}, by us. */
  #kept: Snippet | undefined;
  #settling: unknown;
  /** This entry of the history names the draft. */
  #marked = false;
  #queue: TraceEvent[] = [];
  /** Events that were taken in within {@link takeMs}, as far as is known. */
  #perFrame = 2000;
  #sends = 0;
  /** Times that something was sent. */
  #presses = 0;
  /** Connection of the last answer, while the server keeps it open. */
  #open: number | undefined;
  /** Where whoever made the link stood in the trace; until the first run, which goes there. */
  #place: Place | undefined;
  #webSocket: WebSocketSession | undefined;
  /** Goes up with each change of address, so that an encoding that took longer than the next edit is not written. */
  #addressTurn = 0;

  private constructor(ports: SessionPorts, work: Work, draftId: string | undefined) {
    this.#ports = ports;
    this.#draftId = draftId ?? ports.newId();
    this.#kept = draftId === undefined ? undefined : work.snippet;
    this.#opened = work.snippet;
    this.#place = placeIn(work);
    this.store = new Store(initialState(work));
    this.store.subscribe((state, before) => {
      if (state.work !== before.work) this.#settleSoon();
    });
  }

  /** Open what the address names; else the newest draft; else the first example. */
  static async open(ports: SessionPorts): Promise<Session> {
    const drafts = load(ports.storage);
    const found = await read(ports, drafts);
    const { work, draftId } = found.work ? found : await fallback(ports, drafts);
    const session = new Session(ports, work as Work, draftId);
    if (found.notice) session.store.dispatch({ type: 'notice', notice: found.notice });
    if (found.recording) await session.#play(found.recording);
    return session;
  }

  /** Drafts as they are now, newest first. */
  drafts(): Drafts {
    return load(this.#ports.storage);
  }

  /** The person changed the fragment (or followed a link) while the page is open. A link that is damaged changes nothing. */
  async followAddress(): Promise<void> {
    // The browser is at another entry already: what was here is kept, and nothing is written into that one.
    this.#cancelSettling();
    this.#addressTurn++;
    this.#save();
    const found = await read(this.#ports, this.drafts());
    if (found.work) {
      // A step back to what is already here.
      if (!sameContent(found.work.snippet, this.store.state.work.snippet)) this.#replace(found.work, found.draftId);
      else if (!found.recording) return;
      else {
        // The same code, and a run of it that somebody wants to show: what runs here is over.
        await this.stop();
        this.#place = placeIn(found.work);
      }
    }
    if (found.notice) this.store.dispatch({ type: 'notice', notice: found.notice });
    if (found.recording) await this.#play(found.recording);
  }

  /** Put an example into the editor. What was there is kept as a draft and can be brought back by undo. */
  async useExample(name: string): Promise<void> {
    const snippet = await this.#ports.examples.load(name);
    if (!snippet) return;
    this.#replace({ snippet, origin: { kind: 'example', name }, trusted: true });
    await this.run();
  }

  /** Go back to a draft. */
  openDraft(draft: Draft): void {
    this.#replace(draft.work, draft.id);
  }

  discardDraft(id: string): void {
    storeDrafts(this.#ports.storage, discard(this.drafts(), id));
  }

  /** Take the last destructive step back. */
  undo(): void {
    const { undo } = this.store.state;
    if (undo?.what === 'work') {
      this.#save();
      this.#become(undo.work, findContent(this.drafts(), undo.work.snippet)?.id);
    }
    this.store.dispatch({ type: 'undo' });
  }

  /**
   * Start (again) with what is in the editor. The visitor asked for it: foreign code is trusted from here on. Where a link
   * points into the trace, the shown request is sent as well, and the trace shown from there.
   */
  async run(): Promise<void> {
    this.store.dispatch({ type: 'work/trust' });
    this.flush();
    const turn = this.#start(this.store.state.work.snippet).finally(() => {
      if (this.#running === turn) this.#running = undefined;
    });
    this.#running = turn;
    await turn;
    const place = this.#place;
    this.#place = undefined;
    if (place && isUp(this.store.state)) await this.#sendShown(place);
  }

  /** Forget which versions of Python packages were taken, and start with the newest that fit. */
  async updatePackages(): Promise<void> {
    this.store.dispatch({ type: 'packages/set', packages: [] });
    await this.run();
  }

  async stop(): Promise<void> {
    const machine = await this.#machine;
    await machine?.stop();
  }

  /**
   * Send the shown request; where answers are compared, to every server that is to answer. Starts the app first where it does not
   * run, or runs as it was before the last edit. Foreign code is not started this way: the visitor is asked to press Run.
   */
  async send(): Promise<void> {
    if (this.store.state.work.snippet.view.traceTab === 'compare') return this.#compare();
    const place = await this.#ready();
    if (place !== false) await this.#sendShown(place);
  }

  /** Start one program (again), with what is in the editor. */
  async startProgram(name: string): Promise<void> {
    this.store.dispatch({ type: 'work/trust' });
    this.flush();
    const { snippet } = this.store.state.work;
    const { state } = this.store.state.machine;
    // A new run, unless others run that it belongs to.
    if (state === 'stopped' || state === 'failed') this.#begin(snippet);
    await this.#withMachine((machine) => machine.start(snippet, name));
  }

  async endProgram(name: string): Promise<void> {
    await (await this.#machine)?.end(name);
  }

  /** A line for the standard input of a program; without one, its end. */
  async input(name: string, line: string | undefined): Promise<void> {
    (await this.#machine)?.input(name, line === undefined ? '' : `${line}\n`, line === undefined);
  }

  /** Ctrl-C. */
  async interrupt(name: string): Promise<void> {
    (await this.#machine)?.interrupt(name);
  }

  /** Replace the workers of a gateway by new ones with what is in the editor. */
  async reload(name: string): Promise<void> {
    const { snippet } = this.store.state.work;
    await (await this.#machine)?.reload(snippet, name);
    this.store.dispatch({ type: 'run/reloaded', snippet });
  }

  async killProcess(name: string): Promise<void> {
    (await this.#machine)?.kill(name);
  }

  /** Cut a connection. */
  async disconnect(connection: number, how: 'close' | 'reset'): Promise<void> {
    (await this.#machine)?.disconnect(connection, how);
  }

  /** Send a burst of the shown request. */
  async load(plan: Omit<LoadPlan, 'request'>): Promise<void> {
    if ((await this.#ready()) === false) return;
    const machine = await this.#machine;
    if (!machine) return;
    const { store } = this;
    const { snippet } = store.state.work;
    const id = (store.state.bursts.at(-1)?.id ?? 0) + 1;
    const programs = programsOf(snippet);
    const server = programs.flatMap((program) => (program.kind === 'gateway' ? [program.server] : []))[0];
    store.dispatch({ type: 'burst/begin', id, server, asked: plan.count });
    const request = latin1Bytes(shownRequest(snippet).raw);
    let answered = 0;
    let told = 0;
    const report = await machine.load({ ...plan, request }, (count) => {
      // Answers come in flocks; how many there are is said once a frame.
      const first = answered === told;
      answered = count;
      if (first) this.#ports.nextFrame(() => store.dispatch({ type: 'burst/progress', id, answered: (told = answered) }));
    });
    this.#show();
    store.dispatch({ type: 'burst/end', id, report });
  }

  /** Send another request than the shown one: what a page in the preview asks for. Undefined: the app does not run. */
  async visit(raw: string): Promise<SendResult | undefined> {
    return (await this.#ready()) === false ? undefined : this.#sendInTurn(await this.#machine, turnsOf({ name: '', raw })[0] ?? [], undefined, ++this.#presses);
  }

  /** See that the app runs as it is in the editor. False: it does not, and cannot. Gives where to go in the trace once something was sent. */
  async #ready(): Promise<Place | undefined | false> {
    const { store } = this;
    if (!store.state.work.trusted) {
      store.dispatch({ type: 'notice', notice: { kind: 'wait-for-run' } });
      return false;
    }
    const place = this.#place;
    this.#place = undefined;
    if (this.#running) await this.#running;
    if (isStale(store.state) || !isUp(store.state)) await this.run();
    return isUp(store.state) ? place : false;
  }

  /** Send the shown request, and go where a link says. */
  async #sendShown(place: Place | undefined): Promise<void> {
    const machine = await this.#machine;
    const request = shownRequest(this.store.state.work.snippet);
    const turns = turnsOf(request, companions(this.store.state.work.snippet));
    const reuse = request.delivery?.reuse && turns.length === 1 ? this.#open : undefined;
    const press = ++this.#presses;
    const answers = await Promise.all(turns.map((turn) => this.#sendInTurn(machine, turn, reuse, press)));
    const looked = place && answers[Math.min(place.connection ?? 1, answers.length) - 1];
    if (place && looked) this.#goTo(place, looked);
  }

  /** Send the shown request to several servers. The code for it is not part of the first paint. */
  async #compare(): Promise<void> {
    if ((await this.#ready()) === false) return;
    const [machine, { askServers }] = await Promise.all([this.#machine, import('./comparing.ts')]);
    const press = ++this.#presses;
    if (machine) await askServers(this.#sends + 1, this.store, machine, (turn, elsewhere) => this.#sendInTurn(machine, turn, undefined, press, elsewhere));
  }

  /** Open a WebSocket with the shown request; one that was open before is cut. Starts the app as {@link send} does. */
  async openWebSocket(options: { readonly subprotocols: readonly string[]; readonly compress: boolean }): Promise<void> {
    if ((await this.#ready()) === false) return;
    const machine = await this.#machine;
    if (!machine) return;
    this.#webSocket?.reset();
    const { raw } = shownRequest(this.store.state.work.snippet);
    let news: WsNews[] = [];
    const session = machine.openWebSocket(openingOf(raw, options), (event) => {
      // What one that was replaced has still to say interests nobody.
      if (session !== this.#webSocket) return;
      // A flood of messages is drawn once a frame.
      if (news.push(newsOf(event)) === 1) this.#ports.nextFrame(() => {
        const told = news;
        news = [];
        if (session === this.#webSocket) this.store.dispatch({ type: 'ws/news', news: told });
      });
    });
    this.#webSocket = session;
    this.store.dispatch({ type: 'ws/begin', connection: session.connection });
  }

  /** Send on the open WebSocket; why it could not be sent goes into its log too. */
  sendWebSocket(what: WebSocketSend): void {
    const error = this.#webSocket?.send(what);
    this.store.dispatch({ type: 'ws/news', news: error ? [newsOfSend(what), { kind: 'unsent', error }] : [newsOfSend(what)] });
  }

  /** Cut the open WebSocket (RST). */
  cutWebSocket(): void {
    this.#webSocket?.reset();
  }

  /** One after the other on one connection; on a new one, as any client would, where the server has closed it. Gives the last answer. */
  async #sendInTurn(machine: Machine | undefined, turn: Turn, connection: number | undefined, press: number, elsewhere?: Pick<Outgoing, 'to' | 'onConnection'>): Promise<SendResult | undefined> {
    if (!machine) return undefined;
    let answer: SendResult | undefined;
    for (const { raw, outgoing } of turn) {
      const id = ++this.#sends;
      this.store.dispatch({ type: 'send/begin', id, press, raw });
      let result = await machine.send({ ...outgoing, ...(connection === undefined ? elsewhere : { connection }) });
      // A kept connection may have been closed by the server meanwhile, and not one octet been sent.
      if (connection !== undefined && result.failure?.kind === 'closed' && result.exchange === 0) result = await machine.send({ ...outgoing, ...elsewhere });
      this.#show();
      this.store.dispatch({ type: 'send/end', id, result });
      answer = result;
      // Stop, or another Run, ends what is still to come.
      if (result.failure?.kind === 'stopped') break;
      const last = result.responses?.at(-1) ?? result.response;
      connection = result.failure === undefined && last?.keepAlive ? result.connection : undefined;
      if (!elsewhere) this.#open = connection;
    }
    return answer;
  }

  /** Stand where a link says. The last facts of an exchange may come after its answer: they are waited for. */
  #goTo(place: Place, result: SendResult): void {
    const go = (): void => this.store.dispatch({ type: 'place', connection: result.connection, place });
    go();
    const { step } = this.store.state;
    if (place.step !== undefined && step !== place.step) this.#ports.timers.after(settleMs, () => { if (this.store.state.step === step) go(); });
  }

  /**
   * The fragment of a link to what is in the editor, and to the place in the trace; `recorded`: with the trace itself. Throws
   * SnippetError, LinkError or RecordingTooLarge where it is too large for one.
   */
  async link(options: { readonly recorded?: boolean } = {}): Promise<string> {
    return encodeSnippet({ ...this.snippetWithPlace(options), ...(options.recorded && { recording: await this.recording() }) });
  }

  /** The run so far. Throws RecordingTooLarge. */
  async recording(): Promise<SnippetRecording> {
    const { record } = await import('./recording.ts');
    const { state } = this.store;
    return record(state.trace, state.machine.interface ?? state.playback?.interface);
  }

  /** What is in the editor, with the place in the trace, as links carry it. */
  snippetWithPlace(options: { readonly recorded?: boolean } = {}): Snippet {
    const { state } = this.store;
    const { snippet } = state.work;
    return { ...snippet, view: viewWithPlace(snippet.view, this.#place ?? placeOf(state, options.recorded)), engine: this.#ports.engine };
  }

  /** Show a recorded run. One that is not in order is not shown, and that is said. */
  async #play(recording: SnippetRecording): Promise<void> {
    const { work } = this.store.state;
    // The code that reads it is not part of the first paint of those who have none.
    const { readRecording } = await import('./recording.ts');
    if (this.store.state.work !== work) return;
    try {
      const recorded = readRecording(recording);
      this.#queue = [];
      this.store.dispatch({ type: 'playback', recorded, place: this.#place });
      this.#place = undefined;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.store.dispatch({ type: 'notice', notice: { kind: 'bad-recording', detail: error.message } });
    }
  }

  /** Keep what has not been kept yet: before the page goes away, and before code runs. */
  flush(): void {
    if (this.#settling === undefined) return;
    this.#cancelSettling();
    this.#settle();
  }

  #replace(work: Work, draftId?: string): void {
    this.#save();
    void this.stop();
    // An example that nobody touched is not worth a word: it is in the menu.
    const { origin, snippet } = this.store.state.work;
    const undoable = origin.kind !== 'example' || !sameContent(snippet, this.#opened);
    this.#become(work, draftId);
    this.store.dispatch({ type: 'work/replace', work, undoable });
    if (!work.trusted) this.store.dispatch({ type: 'notice', notice: { kind: 'wait-for-run' } });
  }

  /** From here on it is `work` that is edited and kept. The address must not name what was there before. */
  #become(work: Work, draftId: string | undefined): void {
    this.#draftId = draftId ?? this.#ports.newId();
    this.#kept = draftId === undefined ? undefined : work.snippet;
    this.#opened = work.snippet;
    this.#place = placeIn(work);
    this.#marked = false;
    const { origin } = work;
    this.#ports.address.write({ draft: draftId, ...(origin.kind === 'example' && draftId === undefined ? { fragment: exampleLink(origin.name) } : {}) });
  }

  async #start(snippet: Snippet): Promise<void> {
    this.#begin(snippet);
    await this.#withMachine((machine) => machine.run(snippet));
  }

  #begin(snippet: Snippet): void {
    this.#queue = [];
    this.#open = undefined;
    this.#webSocket = undefined;
    this.store.dispatch({ type: 'run/begin', snippet });
  }

  async #withMachine(what: (machine: Machine) => Promise<unknown>): Promise<void> {
    try {
      this.#machine ??= this.#connect();
      await what(await this.#machine);
    } catch (error) {
      this.#machine = undefined;
      this.store.dispatch({ type: 'notice', notice: { kind: 'machine-failed', detail: error instanceof Error ? error.message : String(error) } });
    }
  }

  async #connect(): Promise<Machine> {
    const machine = await this.#ports.machine();
    machine.subscribe((event) => {
      if (event.type === 'status') {
        this.store.dispatch({ type: 'machine/status', status: event.status });
        return;
      }
      if (event.type === 'packages') {
        this.store.dispatch({ type: 'packages/set', packages: event.packages });
        return;
      }
      // What ended when a recorded run was opened may have a last word; it is none of that run.
      if (this.store.state.playback) return;
      const idle = this.#queue.length === 0;
      for (const fact of event.events) this.#queue.push(fact);
      if (idle) this.#ports.nextFrame(() => this.#show());
    });
    return machine;
  }

  /** Show the trace that has come in since the last frame; a flood is spread over several. */
  #show(): void {
    if (this.#queue.length === 0) return;
    const events = this.#queue.splice(0, this.#perFrame);
    if (this.#queue.length > 0) this.#ports.nextFrame(() => this.#show());
    const began = this.#ports.wallMs();
    this.store.dispatch({ type: 'trace/append', events });
    const tookMs = this.#ports.wallMs() - began;
    // A few events say little about what many would take.
    if (events.length >= perFrame.least) this.#perFrame = Math.min(perFrame.most, Math.max(perFrame.least, tookMs > 0 ? Math.round((events.length * takeMs) / tookMs) : this.#perFrame * 2));
  }

  #cancelSettling(): void {
    if (this.#settling !== undefined) this.#ports.timers.cancel(this.#settling);
    this.#settling = undefined;
  }

  #settleSoon(): void {
    this.#cancelSettling();
    // At once, so that whoever comes back to this entry finds the draft: see `read`.
    if (!this.#marked) this.#ports.address.write({ draft: this.#draftId });
    this.#marked = true;
    this.#settling = this.#ports.timers.after(settleMs, () => this.#settle());
  }

  #settle(): void {
    this.#settling = undefined;
    this.#save();
    this.#ports.address.write({ draft: this.#draftId });
    void this.#writeAddress();
  }

  /** Keep the newest draft. Other tabs write there too, so the history is read again first. */
  #save(): void {
    const { work } = this.store.state;
    const untouched = sameContent(work.snippet, this.#opened);
    // An example as it is needs no draft; a foreign snippet becomes one when the visitor edits or runs it.
    if (untouched && (work.origin.kind === 'example' || !work.trusted)) return;
    const before = this.drafts();
    const stored = before.find((draft) => draft.id === this.#draftId);
    // The same draft was opened in another tab too, and has gone on there: from here on there are two.
    if (stored && !(this.#kept && sameContent(stored.work.snippet, this.#kept))) {
      this.#draftId = this.#ports.newId();
      this.#marked = false;
    }
    const drafts = keep(before, this.#draftId, work, this.#ports.wallMs());
    this.#kept = work.snippet;
    if (!storeDrafts(this.#ports.storage, drafts)) this.store.dispatch({ type: 'notice', notice: { kind: 'storage-full' } });
  }

  async #writeAddress(): Promise<void> {
    const turn = ++this.#addressTurn;
    const { work } = this.store.state;
    try {
      const pristine = work.origin.kind === 'example' && sameContent(work.snippet, this.#opened);
      const fragment = pristine && work.origin.kind === 'example' ? exampleLink(work.origin.name) : await this.link();
      if (turn === this.#addressTurn) this.#ports.address.write({ fragment, draft: this.#draftId });
    } catch (error) {
      // Too large for an address: it stays as it was, the draft is kept, and the Share dialog says why.
      if (!(error instanceof LinkError) && !(error instanceof SnippetError)) throw error;
    }
  }
}

const placeIn = ({ snippet: { view } }: Work): Place | undefined => (isPlace(view) ? placeFrom(view) : undefined);

const ofDraft = (draft: Draft): Opened => ({ work: draft.work, draftId: draft.id, ...(draft.work.trusted ? {} : { notice: { kind: 'wait-for-run' } }) });

interface Opened { readonly work?: Work; readonly draftId?: string; readonly notice?: Notice; readonly recording?: SnippetRecording }

/**
 * What the address stands for. After a reload or a step back that is the draft that was there, however far it had gone on
 * since the address was written. A link to what is among the drafts is the visitor's own as well (a bookmark).
 */
async function read(ports: SessionPorts, drafts: Drafts): Promise<Opened> {
  const left = drafts.find((draft) => draft.id === ports.address.draft());
  if (left) return ofDraft(left);
  const fragment = readFragment(ports.address.read());
  switch (fragment.kind) {
    case 'none':
    case 'other':
      return {};
    case 'example': {
      const snippet = await ports.examples.load(fragment.name);
      if (snippet) return { work: { snippet, origin: { kind: 'example', name: fragment.name }, trusted: true } };
      return { notice: { kind: 'bad-link', code: 'unknown-example', message: fragment.name, advice: '' } };
    }
    case 'snippet':
      try {
        // The recording is not part of what is edited and kept: with the first change it is one of something else.
        const { recording, ...snippet } = await decodeSnippet(fragment.link);
        const own = findContent(drafts, snippet);
        const found: Opened = own ? { ...ofDraft(own), work: { ...own.work, snippet } } : { work: { snippet, origin: { kind: 'link' }, trusted: false }, notice: { kind: 'wait-for-run' } };
        return recording ? { ...found, recording } : found;
      } catch (error) {
        if (!(error instanceof LinkError)) throw error;
        return { notice: { kind: 'bad-link', code: error.code, message: error.message, advice: error.advice } };
      }
  }
}

/** What is shown where the address names nothing that can be shown. */
async function fallback(ports: SessionPorts, drafts: Drafts): Promise<Opened> {
  const newest = drafts[0];
  if (newest) return ofDraft(newest);
  const snippet = await ports.examples.load(ports.examples.first);
  if (!snippet) throw new Error(`the catalogue has no example "${ports.examples.first}"`);
  return { work: { snippet, origin: { kind: 'example', name: ports.examples.first }, trusted: true } };
}
