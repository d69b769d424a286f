/**
 * A process that holds listening sockets for another one and does nothing with them: an entry file, started by {@link SocketKeeper}, which
 * is in `accept-gate.ts`. Its arguments are the descriptors; asked for one by its place among them, it sends the socket.
 */
import { socketOf } from './bound.ts';

const held = process.argv.slice(2).map((fd) => socketOf(Number(fd)));

// Ctrl+C reaches every process of the terminal; we end with our parent.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP', 'SIGUSR1'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (place: number) => { process.send!(place, held[place]); });
