import type { WsgiApp } from 'porthole';

// The mistake: startResponse is never called,
// so there is a body but no status to send it under.
export const app: WsgiApp = (_environ, _startResponse) => {
  return [new TextEncoder().encode('Nobody will read this.\n')];
};
