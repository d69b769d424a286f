/**
 * Everything that is not a function of the input enters here: time and chance.
 *
 * The core never sees these interfaces. The server, the simulated network and the machine are handed a
 * {@link Host} and ask nothing else, so a test (or a replay) decides what time it is and which numbers come up.
 */
/** Reads time. */
export interface Clock {
    /** Milliseconds since an arbitrary start; monotonic, fractional. For durations and trace stamps. */
    now(): number;
    /** Milliseconds since 1970-01-01 UTC, for the `Date` field and the access log. */
    wallMs(): number;
}
/** Opaque handle of a pending timer. */
export type TimerHandle = unknown;
/** Calls back later. */
export interface Timers {
    /** Call `callback` once, not sooner than `ms` milliseconds from now. Never calls synchronously. */
    after(ms: number, callback: () => void): TimerHandle;
    /** Forget a timer. Unknown or fired handles are ignored. */
    cancel(handle: TimerHandle): void;
}
/** Chance. */
export interface Random {
    /** The next number, uniform in [0, 1). */
    next(): number;
    /** Fill `bytes` in place with random octets (WebSocket masking keys). Returns the same array. */
    fill(bytes: Uint8Array): Uint8Array;
}
/** The three together, as they are passed around. */
export interface Host {
    readonly clock: Clock;
    readonly timers: Timers;
    readonly random: Random;
}
