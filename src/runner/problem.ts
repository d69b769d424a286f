import type { Problem } from '../rpc/contract.ts';
import type { SourceSite } from '../trace/events.ts';

/** Why the app cannot run, told to the person who wrote it. Everything that the loader throws on purpose is one of these. */
export class LoadError extends Error {
  /** Name of the kind of error, as the platform or Python would call it: `SyntaxError`, `ImportError`, … */
  readonly kind: string;
  readonly advice: string;
  readonly site: SourceSite | undefined;

  constructor(kind: string, message: string, advice: string, site?: SourceSite) {
    super(message);
    this.name = kind;
    this.kind = kind;
    this.advice = advice;
    this.site = site;
  }

  /** As it crosses to the page. */
  problem(): Problem {
    return { name: this.kind, message: this.message, advice: this.advice, ...(this.site && { site: this.site }) };
  }
}
