/**
 * What `send()` returns when it did not have to wait: always this same promise. An adapter to another language may compare,
 * and save itself the turn of the event loop that awaiting costs it.
 */
export const passed: Promise<void> = Promise.resolve();
