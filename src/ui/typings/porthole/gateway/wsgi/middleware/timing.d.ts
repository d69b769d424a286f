/**
 * `timing`: how long an application takes, as a `Server-Timing` field and a line in `wsgi.errors`. Small enough to be read as an
 * introduction to middleware: it wraps `startResponse` to see the head, and the iterable to see the end.
 */
import type { Clock } from '../../../host/effects.ts';
import type { WsgiApp } from '../types.ts';
/** Wrap an application. `clock`: what the duration is read off; default: the platform's. */
export declare function timing(app: WsgiApp, clock?: Pick<Clock, 'now'>): WsgiApp;
