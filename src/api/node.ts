/**
 * `porthole/node`: serve applications over TCP.
 */
export { openFile, type OpenFile } from '../node/files.ts';
export { serve, type ServeOptions, type Serving } from '../node/serve.ts';
export { AppImportError, importApp, type AppImportFailure, type ImportedApp } from '../node/import-app.ts';
export { InterfaceError } from '../gateway/detect.ts';
export { SocketError, type Address, type Errno } from '../net/socket.ts';
export type { ServerConfig } from '../server/config.ts';
