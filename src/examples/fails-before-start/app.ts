import type { WsgiApp } from 'porthole';

const prices = new Map([['tea', 2.5], ['coffee', 3]]);

export const app: WsgiApp = (environ, startResponse) => {
  const query = new URLSearchParams(environ.QUERY_STRING);
  const item = query.get('item') ?? '';
  // The mistake: there may be no such item.
  // The "!" only keeps the type checker quiet.
  const price = prices.get(item)!.toFixed(2);
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [new TextEncoder().encode(`One ${item} is ${price}.\n`)];
};
