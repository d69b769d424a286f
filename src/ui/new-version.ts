import { signal } from '@preact/signals';

/** A newer version has been fetched: calling it takes it, by loading the page again. Null: this is the newest that is known. */
export const newVersion = signal<(() => void) | null>(null);
