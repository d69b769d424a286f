import { RecordingTooLarge } from '../../playground/recording.ts';
import { later } from '../messages-later.ts';

/** Why a link or file could not be made, in a sentence. */
export function whyNot(error: unknown): string {
  if (error instanceof RecordingTooLarge) return later.share.tooMuch[error.of](error.size);
  return error instanceof Error ? error.message : String(error);
}
