/**
 * `porthole/snippet`: share links. A snippet (files, requests, settings) as a URL and back; nothing is sent to a server.
 */
export { decodeSnippet, embedUrl, encodeSnippet, shareUrl } from '../snippet/link.ts';
export { LinkError, SnippetError, type LinkErrorCode, type SnippetProblem } from '../snippet/errors.ts';
export { parseSnippet } from '../snippet/parse.ts';
export type { SavedRequest, Snippet, SnippetCut, SnippetDelivery, SnippetNetwork, SnippetRecording, SnippetServer, SnippetView } from '../snippet/schema.ts';
