import { expect, test } from 'vitest';
import { Channels, type ChannelFrame } from '../../src/rpc/channels.ts';

test('a port within the wire hears its frames, and no others', () => {
  const posted: ChannelFrame[] = [];
  const channels = new Channels((frame) => posted.push(frame), { opensLater: false });
  const heard: unknown[] = [];
  const port = channels.open(3);
  port.onmessage = ({ data }) => heard.push(data);
  port.start?.();
  channels.receive({ type: 'frame', channel: 3, frame: 'a' });
  channels.receive({ type: 'frame', channel: 4, frame: 'b' });
  port.postMessage('c');
  port.close();
  port.postMessage('d');
  channels.receive({ type: 'frame', channel: 3, frame: 'e' });
  expect([heard, posted]).toEqual([['a'], [{ type: 'frame', channel: 3, frame: 'c' }]]);
});

test('frames that come before the news of their channel wait for it', () => {
  const channels = new Channels(() => {}, { opensLater: true });
  for (const [channel, frame] of [[2, 'a'], [1, 'b'], [2, 'c']] as const) channels.receive({ type: 'frame', channel, frame });
  for (const [channel, wanted] of [[2, ['a', 'c']], [1, ['b']]] as const) {
    const heard: unknown[] = [];
    const port = channels.open(channel);
    port.onmessage = ({ data }) => heard.push(data);
    port.start?.();
    expect(heard).toEqual(wanted);
    port.close();
    channels.receive({ type: 'frame', channel, frame: 'late' });
    expect(heard).toEqual(wanted);
  }
});
