/**
 * `porthole`: an HTTP server that can be watched, for browsers, workers and Node. TCP is in `porthole/node`.
 */
export { inject, InjectError, type InjectHeaders, type InjectOptions, type InjectRequest, type InjectedResponse } from './inject.ts';
export { HttpClient, type ClientResponse, type ClientResult } from '../client/http-client.ts';
export { InterfaceError, toGatewayApp, type GatewayApp } from '../gateway/detect.ts';
export type { Clock, Host, Random, TimerHandle, Timers } from '../host/effects.ts';
export { systemHost } from '../host/system.ts';
export { socketPair, type SocketPairOptions, type WaterMarks } from '../net/memory.ts';
export { MemoryNetwork, type MemoryNetworkOptions } from '../net/network.ts';
export { formatAddress, SocketError, type Address, type DuplexSocket, type Errno, type Listener, type Network, type SocketHandler } from '../net/socket.ts';
export type { ServerConfig } from '../server/config.ts';
export { Server, type ServerOptions } from '../server/server.ts';
export { materialise, Recorder, type RecorderOptions, type TraceBatch } from '../trace/recorder.ts';
export { noTrace, type Tracer } from '../trace/tracer.ts';
export type { ErrorFacts, SourceSite, Span, Stream, Token, TraceEvent, TraceInput, TraceType } from '../trace/events.ts';
export type { AsgiApp } from '../gateway/asgi/types.ts';
export type { WsgiApp, WsgiEnviron, StartResponse } from '../gateway/wsgi/types.ts';
