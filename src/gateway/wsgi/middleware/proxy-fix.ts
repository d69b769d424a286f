/**
 * `proxyFix`: behind a proxy, `environ` tells of the proxy; this makes it tell of the client again, from what the proxy says in
 * `Forwarded` or `X-Forwarded-*`. Only a trusted peer is believed: anybody can send those fields.
 */
import { readForwarded } from '../../forwarded.ts';
import { trustedPeers } from '../../trusted-peers.ts';
import type { WsgiApp, WsgiEnviron } from '../types.ts';

/** Whom to believe. */
export interface ProxyFixOptions {
  /** Addresses and networks, `*` for everybody, `unix` for a Unix socket. uvicorn's `--forwarded-allow-ips`. Default: this machine. */
  readonly trusted?: readonly string[];
}

/** Wrap an application. Throws RangeError where `trusted` is not understood. What was there before is kept under `porthole.proxy.…`. */
export function proxyFix(app: WsgiApp, options: ProxyFixOptions = {}): WsgiApp {
  const trusted = trustedPeers(options.trusted ?? ['127.0.0.0/8', '::1', 'unix']);
  return (environ, startResponse) => {
    if (trusted(environ.REMOTE_ADDR)) fix(environ, trusted);
    return app(environ, startResponse);
  };
}

function fix(environ: WsgiEnviron, trusted: (host: string) => boolean): void {
  const field = (key: string): string | undefined => (typeof environ[key] === 'string' ? (environ[key] as string) : undefined);
  const facts = readForwarded(
    { forwarded: field('HTTP_FORWARDED'), for: field('HTTP_X_FORWARDED_FOR'), proto: field('HTTP_X_FORWARDED_PROTO'), host: field('HTTP_X_FORWARDED_HOST'), prefix: field('HTTP_X_FORWARDED_PREFIX') },
    trusted,
  );
  const keep = (key: string): void => { environ[`porthole.proxy.${key.toLowerCase().replaceAll('.', '_')}`] = environ[key]; };
  if (facts.host !== undefined) {
    keep('REMOTE_ADDR');
    keep('REMOTE_PORT');
    environ.REMOTE_ADDR = facts.host;
    environ.REMOTE_PORT = String(facts.port);
  }
  if (facts.scheme !== undefined) {
    keep('wsgi.url_scheme');
    environ['wsgi.url_scheme'] = facts.scheme;
  }
  if (facts.authority !== undefined) {
    keep('HTTP_HOST');
    environ['HTTP_HOST'] = facts.authority;
    const [, name = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(facts.authority) ?? [];
    if (name !== '') {
      environ.SERVER_NAME = name;
      environ.SERVER_PORT = port ?? (environ['wsgi.url_scheme'] === 'https' ? '443' : '80');
    }
  }
  if (facts.prefix !== undefined) {
    keep('SCRIPT_NAME');
    environ.SCRIPT_NAME = facts.prefix + environ.SCRIPT_NAME;
  }
}
