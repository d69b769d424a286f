import type { SavedRequest, Snippet, SnippetProgram } from '../snippet/schema.ts';

/** The headings under which the Example menu lists them, in this order. */
export const exampleGroups = ['WSGI', 'ASGI', 'Middleware', 'Frameworks', 'Python', 'When apps fail', 'Sockets', 'Workers'] as const;

/** One heading. */
export type ExampleGroup = (typeof exampleGroups)[number];

/**
 * What must be seen when a request of an example is sent. A claim holds wherever the example runs: in the page, on the
 * memory network, over TCP. The tests check it on each of these roads.
 */
export interface Claim {
  readonly status: number;
  /** Fields of the response, by name in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole body, decoded as UTF-8. */
  readonly body?: string;
  /** Pieces that the body, decoded as UTF-8, must hold. */
  readonly bodyIncludes?: readonly string[];
  /** There is no (whole) response, and a client says so in these words. `status` is 0 then. */
  readonly failure?: string;
  /** The connection ends before the body is complete. */
  readonly cutShort?: true;
  /** Entries of `environ` or `scope`, rendered as the trace renders them. */
  readonly context?: Readonly<Record<string, string>>;
  /** Trace events about this exchange that must come, in this order; others may come between. Each names its `type` and any members to be equal. */
  readonly trace?: readonly Readonly<{ type: string } & Record<string, unknown>>[];
  /** A piece of what the app writes to `wsgi.errors` or the console meanwhile. */
  readonly log?: string;
}

/** A request of an example, with what will be seen. */
export interface ExampleRequest extends SavedRequest {
  readonly claim: Claim;
}

/** A program of an example, with what will be seen. */
export interface ExampleProgram extends SnippetProgram {
  readonly claim: {
    /** Missing: it is still running when everything else is done. */
    readonly exitCode?: number;
    /** Pieces of what it writes, in this order. */
    readonly output: readonly string[];
    /** Errno of calls that fail, in this order. */
    readonly errors?: readonly string[];
  };
}

/** What `<id>/example.ts` says; the app itself is in the other files of that folder. */
export interface ExampleDescription {
  /** Name of its folder and of its link: `#ex=<id>`. */
  readonly id: string;
  readonly title: string;
  /** One sentence: what there is to be learned. */
  readonly lesson: string;
  readonly group: ExampleGroup;
  /** Default `app.ts:app`. */
  readonly entry?: string;
  /** Programs that it runs instead of one gateway, and what must be seen of each. */
  readonly programs?: readonly ExampleProgram[];
  /** Sent in this order by the tests, the programs being started; the first is the one that the page shows. */
  readonly requests: readonly ExampleRequest[];
  readonly server?: Snippet['server'];
  readonly network?: Snippet['network'];
  readonly view?: Snippet['view'];
}

/** An example with its files. */
export interface Example extends ExampleDescription {
  /** Path to text, as in a snippet. */
  readonly files: Readonly<Record<string, string>>;
}

/** The example as a snippet: what the page opens, a link carries and the command line runs. Claims stay behind. */
export function exampleSnippet(example: Example): Snippet {
  return {
    v: 1,
    title: example.title,
    lang: (example.entry ?? '').split(':')[0]!.endsWith('.py') ? 'py' : 'ts',
    interface: 'auto',
    files: example.files,
    entry: example.entry ?? 'app.ts:app',
    ...(example.programs && { programs: example.programs.map(withoutClaim) }),
    requests: example.requests.map(({ name, raw }) => ({ name, raw })),
    server: example.server ?? {},
    network: example.network ?? {},
    view: example.view ?? {},
  };
}

function withoutClaim(program: ExampleProgram): SnippetProgram {
  const { claim, ...rest } = program;
  void claim;
  return rest;
}
