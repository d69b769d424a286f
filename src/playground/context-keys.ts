/** The clause that each key of `environ` and `scope` obeys. What the key means in a sentence is the catalogue's (`ui/trace/key-texts.ts`). */
import { clauses as asgiClauses, type AsgiClause } from '../gateway/asgi/clauses.ts';
import { clauses as wsgiClauses, type WsgiClause } from '../gateway/wsgi/clauses.ts';

/** Keys of `environ` that are explained one by one. */
export const environKeys = {
  REQUEST_METHOD: 'PEP3333-environ-1',
  SCRIPT_NAME: 'PEP3333-environ-2',
  PATH_INFO: 'PEP3333-environ-3',
  QUERY_STRING: 'PEP3333-environ-4',
  CONTENT_TYPE: 'PEP3333-environ-5',
  CONTENT_LENGTH: 'PEP3333-environ-5',
  SERVER_NAME: 'PEP3333-environ-6',
  SERVER_PORT: 'PEP3333-environ-6',
  SERVER_PROTOCOL: 'PEP3333-environ-7',
  SERVER_SOFTWARE: 'PEP3333-environ-11',
  REMOTE_ADDR: 'PEP3333-environ-9',
  REMOTE_PORT: 'PEP3333-environ-9',
  RAW_URI: 'PEP3333-environ-9',
  HTTP_HOST: 'PEP3333-environ-8',
  HTTP_COOKIE: 'PEP3333-environ-8',
  'wsgi.version': 'PEP3333-environ-10',
  'wsgi.url_scheme': 'PEP3333-environ-10',
  'wsgi.input': 'PEP3333-streams-1',
  'wsgi.errors': 'PEP3333-streams-6',
  'wsgi.multithread': 'PEP3333-environ-10',
  'wsgi.multiprocess': 'PEP3333-environ-10',
  'wsgi.run_once': 'PEP3333-environ-10',
  'wsgi.input_terminated': 'PEP3333-streams-2',
  'wsgi.file_wrapper': 'PEP3333-file-1',
} as const satisfies Readonly<Record<string, WsgiClause>>;

/** Keys of `scope` that are explained one by one. */
export const scopeKeys = {
  type: 'ASGI-scope-1',
  asgi: 'ASGI-scope-1',
  http_version: 'ASGI-scope-2',
  method: 'ASGI-scope-2',
  scheme: 'ASGI-scope-2',
  path: 'ASGI-scope-3',
  raw_path: 'ASGI-scope-3',
  query_string: 'ASGI-scope-4',
  root_path: 'ASGI-scope-5',
  headers: 'ASGI-scope-6',
  client: 'ASGI-scope-7',
  server: 'ASGI-scope-7',
  state: 'ASGI-scope-8',
  extensions: 'ASGI-trailers-1',
} as const satisfies Readonly<Record<string, AsgiClause>>;

/** A key that has a sentence of its own, or the kind that it is one of. */
export type KeyTopic = keyof typeof environKeys | keyof typeof scopeKeys | 'HTTP_*' | 'headers[*]' | 'other';

/** What is known of a key. */
export interface KeyFacts {
  readonly topic: KeyTopic;
  /** Id of the clause; '' where there is none (a key that another gateway or a middleware put there). */
  readonly clause: string;
  /** The clause in words. */
  readonly rule: string;
}

/** Look a key up. `type`: of the event that told it. */
export function keyFacts(type: 'gateway.environ' | 'gateway.scope', key: string): KeyFacts {
  if (type === 'gateway.environ') {
    const own = Object.hasOwn(environKeys, key) ? (key as keyof typeof environKeys) : undefined;
    const clause = own ? environKeys[own] : key.startsWith('HTTP_') ? 'PEP3333-environ-8' : undefined;
    return { topic: own ?? (clause ? 'HTTP_*' : 'other'), clause: clause ?? '', rule: clause ? wsgiClauses[clause] : '' };
  }
  const own = Object.hasOwn(scopeKeys, key) ? (key as keyof typeof scopeKeys) : undefined;
  const clause = own ? scopeKeys[own] : key.startsWith('headers[') ? 'ASGI-scope-6' : undefined;
  return { topic: own ?? (clause ? 'headers[*]' : 'other'), clause: clause ?? '', rule: clause ? asgiClauses[clause] : '' };
}
