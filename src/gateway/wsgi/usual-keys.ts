/**
 * Writers of the keys of `environ` that requests usually have, each with a place in the code of its own. An engine remembers by place what an object looks like
 * before and after it gets a key; one place that writes them all would have it search each time. Clients send their fields in the same order time after time.
 */
import type { WsgiEnviron } from './types.ts';

type Write = (environ: WsgiEnviron, value: string) => void;

/** By key. */
const writers: Readonly<Record<string, Write>> = {
  CONTENT_TYPE: (environ, value) => { environ['CONTENT_TYPE'] = value; },
  CONTENT_LENGTH: (environ, value) => { environ['CONTENT_LENGTH'] = value; },
  HTTP_ACCEPT: (environ, value) => { environ['HTTP_ACCEPT'] = value; },
  HTTP_ACCEPT_ENCODING: (environ, value) => { environ['HTTP_ACCEPT_ENCODING'] = value; },
  HTTP_ACCEPT_LANGUAGE: (environ, value) => { environ['HTTP_ACCEPT_LANGUAGE'] = value; },
  HTTP_AUTHORIZATION: (environ, value) => { environ['HTTP_AUTHORIZATION'] = value; },
  HTTP_CACHE_CONTROL: (environ, value) => { environ['HTTP_CACHE_CONTROL'] = value; },
  HTTP_CONNECTION: (environ, value) => { environ['HTTP_CONNECTION'] = value; },
  HTTP_COOKIE: (environ, value) => { environ['HTTP_COOKIE'] = value; },
  HTTP_HOST: (environ, value) => { environ['HTTP_HOST'] = value; },
  HTTP_IF_MODIFIED_SINCE: (environ, value) => { environ['HTTP_IF_MODIFIED_SINCE'] = value; },
  HTTP_IF_NONE_MATCH: (environ, value) => { environ['HTTP_IF_NONE_MATCH'] = value; },
  HTTP_ORIGIN: (environ, value) => { environ['HTTP_ORIGIN'] = value; },
  HTTP_PRIORITY: (environ, value) => { environ['HTTP_PRIORITY'] = value; },
  HTTP_REFERER: (environ, value) => { environ['HTTP_REFERER'] = value; },
  HTTP_SEC_CH_UA: (environ, value) => { environ['HTTP_SEC_CH_UA'] = value; },
  HTTP_SEC_CH_UA_MOBILE: (environ, value) => { environ['HTTP_SEC_CH_UA_MOBILE'] = value; },
  HTTP_SEC_CH_UA_PLATFORM: (environ, value) => { environ['HTTP_SEC_CH_UA_PLATFORM'] = value; },
  HTTP_SEC_FETCH_DEST: (environ, value) => { environ['HTTP_SEC_FETCH_DEST'] = value; },
  HTTP_SEC_FETCH_MODE: (environ, value) => { environ['HTTP_SEC_FETCH_MODE'] = value; },
  HTTP_SEC_FETCH_SITE: (environ, value) => { environ['HTTP_SEC_FETCH_SITE'] = value; },
  HTTP_SEC_FETCH_USER: (environ, value) => { environ['HTTP_SEC_FETCH_USER'] = value; },
  HTTP_UPGRADE_INSECURE_REQUESTS: (environ, value) => { environ['HTTP_UPGRADE_INSECURE_REQUESTS'] = value; },
  HTTP_USER_AGENT: (environ, value) => { environ['HTTP_USER_AGENT'] = value; },
  HTTP_X_FORWARDED_FOR: (environ, value) => { environ['HTTP_X_FORWARDED_FOR'] = value; },
  HTTP_X_FORWARDED_HOST: (environ, value) => { environ['HTTP_X_FORWARDED_HOST'] = value; },
  HTTP_X_FORWARDED_PROTO: (environ, value) => { environ['HTTP_X_FORWARDED_PROTO'] = value; },
  HTTP_X_REAL_IP: (environ, value) => { environ['HTTP_X_REAL_IP'] = value; },
  HTTP_X_REQUEST_ID: (environ, value) => { environ['HTTP_X_REQUEST_ID'] = value; },
  HTTP_X_REQUESTED_WITH: (environ, value) => { environ['HTTP_X_REQUESTED_WITH'] = value; },
};

/** What writes `key`. */
export const writerOf = (key: string): Write => writers[key] ?? ((environ, value) => { environ[key] = value; });
