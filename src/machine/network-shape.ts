import type { LaneShape } from '../net/lane.ts';
import type { ConnectionShape } from '../net/shaping.ts';
import type { SnippetNetwork } from '../snippet/schema.ts';

/** What the settings of a snippet make of a connection, as the end sees it that connected. Undefined: nothing. */
export function shapeOf(network: SnippetNetwork): ConnectionShape | undefined {
  const { segmentBytes, ragged, latencyMs, jitterMs, bytesPerSecond, readBytesPerSecond, cutAfterBytes, cut } = network;
  const lane: LaneShape = {
    ...(segmentBytes && { segmentBytes }), ...(ragged && { ragged }), ...(latencyMs && { latencyMs }), ...(jitterMs && { jitterMs }),
    ...(bytesPerSecond && { bytesPerSecond }), ...(cutAfterBytes && { cutAfterBytes }), ...(cut && { cut }),
  };
  const slow = readBytesPerSecond && Math.min(readBytesPerSecond, bytesPerSecond || Infinity);
  const receive: LaneShape = slow ? { ...lane, bytesPerSecond: slow } : lane;
  const does = (shape: LaneShape): boolean => Object.keys(shape).some((key) => key !== 'cut' && key !== 'ragged');
  return does(lane) || does(receive) ? { send: lane, receive } : undefined;
}
