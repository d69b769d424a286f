/**
 * What the run has to say about lines of the app: rules that were broken and errors that were thrown. An editor shows them
 * where they belong. Each is told once, however many requests meet it.
 */
import type { AppError, AppViolation, SourceSite, TraceEvent } from '../trace/events.ts';

/** Something is wrong with a line of the app. */
export interface Complaint {
  readonly site: SourceSite;
  /** `error`: the application did not survive it. */
  readonly severity: 'error' | 'warning';
  /** The event that tells of it best: a violation knows more than the error that it became. */
  readonly event: (AppViolation | AppError) & TraceEvent;
}

/** Different complaints that are kept; an app that makes up texts must not fill the page's memory. */
const maxComplaints = 200;

/** Complaints of one run, in the order in which they were met. */
export class Complaints {
  readonly #found = new Map<string, Complaint>();

  /** All of them. The array is a new one when something was added. */
  all: readonly Complaint[] = [];

  add(event: TraceEvent): void {
    if ((event.type !== 'app.violation' && event.type !== 'app.error') || !event.site) return;
    const { site, message } = event;
    // A violation that is thrown into the app comes back as an error of that message and place.
    const key = JSON.stringify([site.file, site.line, site.column, message]);
    const known = this.#found.get(key);
    const severity = event.type === 'app.error' ? 'error' : 'warning';
    if (known ? known.severity === 'error' || severity === 'warning' : this.#found.size >= maxComplaints) return;
    this.#found.set(key, { site, severity, event: known?.event ?? event });
    this.all = [...this.#found.values()];
  }
}
