/** Constants of sys/socket.h, with the numbers that Linux gives them. What they are called is what matters. */

/** IPv4: the only family that there is here. */
export const AF_INET = 2;
/** A stream of octets: TCP. */
export const SOCK_STREAM = 1;
/** The level of options that concern the socket itself. */
export const SOL_SOCKET = 1;
/** Bind although connections that used the address are open or in TIME_WAIT. */
export const SO_REUSEADDR = 2;
/** `shutdown`: no more receiving. */
export const SHUT_RD = 0;
/** `shutdown`: no more sending. The peer reads an end (FIN). */
export const SHUT_WR = 1;
/** `shutdown`: neither. */
export const SHUT_RDWR = 2;
/** The longest queue that `listen` may ask for. */
export const SOMAXCONN = 4096;
