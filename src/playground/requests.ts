import type { SavedRequest, Snippet, SnippetDelivery } from '../snippet/schema.ts';
import { snippetLimits } from '../snippet/limits.ts';
import { followEdit, tidy } from './delivery.ts';

/** What a snippet without requests sends. */
export const plainRequest: SavedRequest = { name: 'GET /', raw: 'GET / HTTP/1.1\r\nHost: localhost:8000\r\nAccept: */*\r\n\r\n' };

/** A snippet always has a request to show. */
export const requestsOf = (snippet: Snippet): readonly SavedRequest[] => (snippet.requests.length > 0 ? snippet.requests : [plainRequest]);

/** Index of the request that is shown. */
export const shownIndex = (snippet: Snippet): number => Math.min(Math.max(snippet.view.request ?? 0, 0), requestsOf(snippet).length - 1);

export const shownRequest = (snippet: Snippet): SavedRequest => requestsOf(snippet)[shownIndex(snippet)] ?? plainRequest;

const withRequests = (snippet: Snippet, requests: readonly SavedRequest[], request: number): Snippet => ({ ...snippet, requests, view: { ...snippet.view, request } });

/** The name that a request gets by itself: its method and target. A name that somebody gave is kept. */
export function autoName(raw: string): string {
  const line = raw.slice(0, raw.search(/\r?\n|$/));
  const [method = '', target = ''] = line.split(' ');
  const name = `${method} ${target}`.trim();
  return name.length > 48 ? `${name.slice(0, 47)}…` : name;
}

export const showRequest = (snippet: Snippet, index: number): Snippet =>
  index >= 0 && index < requestsOf(snippet).length && index !== shownIndex(snippet) ? withRequests(snippet, requestsOf(snippet), index) : snippet;

/** Change the bytes of the shown request. Its name follows while it is the automatic one. */
export function editRequest(snippet: Snippet, raw: string): Snippet {
  const index = shownIndex(snippet);
  const old = shownRequest(snippet);
  if (old.raw === raw) return snippet;
  const name = old.name === autoName(old.raw) || old.name === '' ? autoName(raw) : old.name;
  return withRequests(snippet, requestsOf(snippet).with(index, withCutsOf({ ...old, name, raw }, old.raw)), index);
}

/** Cuts stay with their octets when the bytes around them change. */
function withCutsOf(request: SavedRequest, before: string): SavedRequest {
  const { cuts } = request.delivery ?? {};
  return cuts ? withDelivery(request, { ...request.delivery, cuts: followEdit(cuts, before, request.raw) }) : request;
}

function withDelivery(request: SavedRequest, delivery: SnippetDelivery): SavedRequest {
  const { delivery: _, ...rest } = request;
  const kept = tidy(delivery);
  return kept ? { ...rest, delivery: kept } : rest;
}

/** Change how the shown request goes out. */
export function deliverRequest(snippet: Snippet, delivery: SnippetDelivery): Snippet {
  const index = shownIndex(snippet);
  return withRequests(snippet, requestsOf(snippet).with(index, withDelivery(shownRequest(snippet), delivery)), index);
}

/** Other saved requests that are sent with the shown one. */
export function companions(snippet: Snippet): SavedRequest[] {
  const requests = requestsOf(snippet);
  const shown = shownIndex(snippet);
  return (shownRequest(snippet).delivery?.with ?? []).flatMap((index) => (index === shown || !requests[index] ? [] : [requests[index]]));
}

/** The requests after their places have changed: `placeOf` gives the new place of an old one, undefined where it is gone. What goes out with what stays as it was. */
function replaced(requests: readonly SavedRequest[], placeOf: (index: number) => number | undefined): SavedRequest[] {
  return requests.map((request) => {
    const others = request.delivery?.with;
    return others ? withDelivery(request, { ...request.delivery, with: others.flatMap((index) => placeOf(index) ?? []) }) : request;
  });
}

/** Move a request one place up (-1) or down (1); the shown one stays shown. */
export function moveRequest(snippet: Snippet, index: number, by: -1 | 1): Snippet {
  const requests = requestsOf(snippet);
  const [here, there] = [requests[index], requests[index + by]];
  if (!here || !there) return snippet;
  const shown = shownIndex(snippet);
  const moved = replaced(requests.with(index, there).with(index + by, here), (place) => (place === index ? index + by : place === index + by ? index : place));
  return withRequests(snippet, moved, shown === index ? index + by : shown === index + by ? index : shown);
}

/** Add requests at the end, as many as fit, and show the first of them. */
export function addRequests(snippet: Snippet, added: readonly SavedRequest[]): Snippet {
  const before = requestsOf(snippet);
  const requests = [...before, ...added].slice(0, snippetLimits.requests);
  return requests.length === before.length ? snippet : withRequests(snippet, requests, before.length);
}

export function renameRequest(snippet: Snippet, index: number, name: string): Snippet {
  const request = requestsOf(snippet)[index];
  const next = name.trim() || autoName(request?.raw ?? '');
  return request && request.name !== next ? withRequests(snippet, requestsOf(snippet).with(index, { ...request, name: next }), shownIndex(snippet)) : snippet;
}

/** Delete a request; the last one stays. */
export function deleteRequest(snippet: Snippet, index: number): Snippet {
  const requests = requestsOf(snippet);
  if (requests.length === 1 || !requests[index]) return snippet;
  const shown = shownIndex(snippet);
  const left = replaced(requests.toSpliced(index, 1), (place) => (place === index ? undefined : place > index ? place - 1 : place));
  return withRequests(snippet, left, shown > index || shown === requests.length - 1 ? shown - 1 : shown);
}

/** Put a deleted request back where it was. */
export const insertRequest = (snippet: Snippet, index: number, request: SavedRequest): Snippet =>
  withRequests(snippet, [...replaced(requestsOf(snippet), (place) => (place >= index ? place + 1 : place))].toSpliced(index, 0, request), index);
