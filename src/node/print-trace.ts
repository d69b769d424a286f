import type { Tracer } from '../trace/tracer.ts';
import { noTrace } from '../trace/tracer.ts';
export const printTrace = (_write: (text: string) => void): Tracer => noTrace;
