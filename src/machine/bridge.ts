import type { DuplexSocket, SocketHandler } from '../net/socket.ts';

/**
 * Join two sockets back to back: what one receives the other sends, ends and resets included. Back-pressure passes
 * through: as long as one side cannot take more, nothing is read from the other. `onClose`: both are closed.
 */
export function bridge(one: DuplexSocket, other: DuplexSocket, onClose: () => void): void {
  let open = 2;
  const closed = (): void => {
    open -= 1;
    if (open === 0) onClose();
  };
  one.open(relay(one, other, closed));
  other.open(relay(other, one, closed));
}

function relay(from: DuplexSocket, to: DuplexSocket, closed: () => void): SocketHandler {
  return {
    onData(bytes) {
      // Borrowed until we return: what is handed on is a copy.
      if (!to.write(bytes.slice())) from.pause();
    },
    onEof: () => to.end(),
    // `from` can be written to again: read on from the other.
    onDrain: () => to.resume(),
    onClose(error) {
      if (error) to.reset();
      closed();
    },
  };
}
