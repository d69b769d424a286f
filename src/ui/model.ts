import { computed, effect, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Action } from '../playground/actions.ts';
import type { Complaint } from '../playground/complaints.ts';
import { Replay } from '../playground/replay.ts';
import { link, type Linked, type Selection } from '../playground/select.ts';
import type { Session } from '../playground/session.ts';
import type { Focus, PlaygroundState, Work } from '../playground/state.ts';
import { connectionOf, type ConnectionIndex, type ExchangeIndex, type TraceLog } from '../playground/trace-log.ts';
import type { MachineStatus } from '../machine/types.ts';
import type { Snippet } from '../snippet/schema.ts';
import type { CatalogueEntry } from './catalogue.ts';
import type { EditorLoading } from './editor/lazy-editor.ts';
import type { EditorPort } from './editor/port.ts';
import type { Prefs } from './prefs.ts';

/** Which dialog is open. */
export type DialogName = 'share' | 'embed' | 'settings' | 'drafts' | 'import' | 'lab' | 'palette' | 'keys' | null;

/** What the components share: the state as signals, cut so that a component redraws only for what it shows. */
export interface Model {
  readonly session: Session;
  readonly dispatch: (action: Action) => void;
  readonly examples: readonly CatalogueEntry[];
  readonly prefs: Prefs;
  /** Version of Porthole. */
  readonly engine: string;
  /** The page is a frame in somebody else's page. */
  readonly embedded: boolean;
  /** `wide`: two columns; `stacked`: one above the other; `narrow`: one area at a time. */
  readonly layout: ReadonlySignal<Layout>;

  readonly state: ReadonlySignal<PlaygroundState>;
  readonly work: ReadonlySignal<Work>;
  readonly snippet: ReadonlySignal<Snippet>;
  readonly machine: ReadonlySignal<MachineStatus>;
  /** The snippet as it was when it was last started. */
  readonly ran: ReadonlySignal<Snippet | null>;
  readonly traceVersion: ReadonlySignal<number>;
  /** The same a few times a second while a flood comes into a long trace: for views that go through all of it. */
  readonly calmVersion: ReadonlySignal<number>;
  /** What the run found wrong with lines of the app. */
  readonly complaints: ReadonlySignal<readonly Complaint[]>;
  readonly focus: ReadonlySignal<Focus | null>;
  /** The connection in focus with all that is known of it. */
  readonly whole: ReadonlySignal<ConnectionIndex | undefined>;
  /** The step that is shown; null: all that is known. */
  readonly step: ReadonlySignal<number | null>;
  /** Where one stands in the events of the connection: at the step, else at the selected event, else at the end. */
  readonly now: ReadonlySignal<number>;
  /** Connection and exchange in focus, as far as the trace knew them at the step. */
  readonly connection: ReadonlySignal<ConnectionIndex | undefined>;
  readonly exchange: ReadonlySignal<ExchangeIndex | undefined>;
  readonly selection: ReadonlySignal<Selection | null>;
  /** What the selection lights, and what the pointer lights. */
  readonly selected: ReadonlySignal<Linked | undefined>;
  readonly hovered: ReadonlySignal<Linked | undefined>;

  readonly dialog: Signal<DialogName>;
  /** Text that the import dialog opens with. */
  readonly importing: Signal<string>;
  /** A page of the app was on the screen: from then on answers have an address bar. */
  readonly browsing: Signal<boolean>;
  /** Area shown on a narrow screen. */
  readonly area: Signal<'code' | 'request' | 'trace'>;
  /** The editor in force; the facade before it has arrived. */
  readonly editor: Signal<EditorPort | null>;
  /** How far Monaco is. */
  readonly editorLoading: Signal<EditorLoading>;
  /** Theme in force. */
  readonly theme: ReadonlySignal<'light' | 'dark'>;
}

/** How the areas are arranged. */
export type Layout = 'wide' | 'stacked' | 'narrow';

/** The indexes grow in place; who shows one must be told when it has, and signals tell by identity: a copy for each version. */
function copyPerVersion<T extends object>(): (index: T | undefined, version: number | undefined) => T | undefined {
  let last: { readonly index: T; readonly version: number | undefined; readonly copy: T } | undefined;
  return (index, version) => {
    if (!index) return undefined;
    if (last?.index !== index || last.version !== version) last = { index, version, copy: { ...index } };
    return last.copy;
  };
}

/** Events from which on a trace is long, and how often its views are then made again. ms. */
const longTrace = 10_000;
const floodMs = 300;

/** `version`, held back while the trace is long and grows from frame to frame. The last one always comes through. */
function calmed(version: ReadonlySignal<number>, trace: ReadonlySignal<TraceLog>): ReadonlySignal<number> {
  const calm = signal(version.peek());
  let at = -Infinity;
  const take = (): void => {
    at = performance.now();
    calm.value = version.peek();
  };
  effect(() => {
    void version.value;
    const waitMs = at + floodMs - performance.now();
    if (trace.peek().events.length < longTrace || waitMs <= 0) {
      take();
      return undefined;
    }
    const timer = setTimeout(take, waitMs);
    return () => clearTimeout(timer);
  });
  return calm;
}

const noFocus: Focus = { connection: 0, exchange: 0 };

/** Build the model on a session. */
export function createModel(parts: {
  readonly session: Session;
  readonly examples: readonly CatalogueEntry[];
  readonly prefs: Prefs;
  readonly engine: string;
  readonly embedded: boolean;
  readonly layout: ReadonlySignal<Layout>;
  readonly theme: ReadonlySignal<'light' | 'dark'>;
}): Model {
  const { session } = parts;
  const state = signal(session.store.state);
  session.store.subscribe((next) => {
    state.value = next;
  });
  const work = computed(() => state.value.work);
  const traceVersion = computed(() => state.value.traceVersion);
  const trace = computed(() => state.value.trace);
  const focus = computed(() => state.value.focus);
  const selection = computed(() => state.value.selection);
  const hover = computed(() => state.value.hover);
  const wholeCopy = copyPerVersion<ConnectionIndex>();
  const whole = computed(() => {
    void traceVersion.value;
    const connection = focus.value ? trace.value.connections.get(focus.value.connection) : undefined;
    return wholeCopy(connection, connection?.version);
  });
  const lit = (pointed: ReadonlySignal<Selection | null>): ReadonlySignal<Linked | undefined> =>
    computed(() => {
      // Only what is told of the connection in focus can change what is lit.
      void whole.value;
      return pointed.value ? link(trace.value, pointed.value, focus.value ?? noFocus) : undefined;
    });
  const step = computed(() => state.value.step);
  const connectionCopy = copyPerVersion<ConnectionIndex>();
  const exchangeCopy = copyPerVersion<ExchangeIndex>();
  const replay = new Replay();
  /** The trace, or the part of it that was known at the step. */
  const world = computed(() => {
    void traceVersion.value;
    const connection = focus.value ? trace.value.connections.get(focus.value.connection) : undefined;
    return { log: step.value !== null && connection ? replay.at(connection, step.value) : trace.value };
  });
  return {
    ...parts,
    dispatch: (action) => session.store.dispatch(action),
    state,
    work,
    snippet: computed(() => work.value.snippet),
    machine: computed(() => state.value.machine),
    ran: computed(() => state.value.ran),
    traceVersion,
    calmVersion: calmed(traceVersion, trace),
    complaints: computed(() => {
      void traceVersion.value;
      return trace.value.complaints.all;
    }),
    focus,
    step,
    whole,
    now: computed(() => {
      void traceVersion.value;
      if (step.value !== null) return step.value;
      const chosen = selection.value?.kind === 'event' ? trace.value.get(selection.value.id) : undefined;
      const at = chosen && selection.value?.kind === 'event' && connectionOf(chosen) === focus.value?.connection ? trace.value.stepOf(selection.value.id) : -1;
      return at >= 0 ? at : (whole.value?.events.length ?? 0) - 1;
    }),
    connection: computed(() => {
      const connection = focus.value ? world.value.log.connections.get(focus.value.connection) : undefined;
      return connectionCopy(connection, connection?.version);
    }),
    exchange: computed(() => {
      const connection = focus.value ? world.value.log.connections.get(focus.value.connection) : undefined;
      return exchangeCopy(connection?.exchanges.get(focus.value?.exchange ?? 0), connection?.version);
    }),
    selection,
    selected: lit(selection),
    hovered: lit(hover),
    dialog: signal<DialogName>(null),
    importing: signal(''),
    browsing: signal(false),
    area: signal<'code' | 'request' | 'trace'>('code'),
    editor: signal<EditorPort | null>(null),
    editorLoading: signal<EditorLoading>('plain'),
  };
}

const ModelContext = createContext<Model | null>(null);

export const ModelProvider = ModelContext.Provider;

/** The model of the page that this component is part of. */
export function useModel(): Model {
  const model = useContext(ModelContext);
  if (!model) throw new Error('no model above this component');
  return model;
}
