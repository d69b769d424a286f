/** What an import gives. Shared by the cURL and the HAR import. */

/** A request as bytes. */
export interface ImportedRequest {
  /** Method and target, cut to a length that fits a menu. */
  readonly name: string;
  /** HTTP/1.1 or 1.0 octets, latin-1. */
  readonly raw: string;
  /** Where it was meant to go, as it was written there. The bytes can be sent anywhere. */
  readonly url: string;
}

/**
 * What something in the source means for the bytes: `lost`, they lack what was asked for; `changed`, they have it in
 * another way; `none`, it was about something else than the bytes (output, TLS, time limits).
 */
export type ImportEffect = 'lost' | 'changed' | 'none';

/** Longest name of an imported request. */
const nameChars = 48;

/** The name of a request by its method and target. */
export function requestName(method: string, target: string): string {
  const name = `${method} ${target}`;
  return name.length > nameChars ? `${name.slice(0, nameChars - 1)}…` : name;
}
