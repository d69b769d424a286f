/**
 * `porthole/embed`: `<porthole-playground>`, a playground in a page of yours. See `docs/embedding.md`.
 */
export { definePlayground, PortholePlayground } from '../embed/element.ts';
export { protocolVersion, type EmbedPanel, type EmbedSettings, type EmbedSource, type FrameMessage, type HostMessage } from '../embed/protocol.ts';
