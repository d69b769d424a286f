import { PackageError, type Sources, type Wheel } from './resolve.ts';

/** Fetch a wheel, and make sure that it is the one that was meant. Rejects with PackageError. */
export async function downloadWheel(wheel: Wheel, fetch: Sources['fetch']): Promise<Blob> {
  let octets: ArrayBuffer;
  try {
    const response = await fetch(wheel.url);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    octets = await response.arrayBuffer();
  } catch (error) {
    throw new PackageError(`${wheel.file} could not be fetched from ${new URL(wheel.url).host}: ${error instanceof Error ? error.message : String(error)}.`, 'Is this computer online?', { cause: error });
  }
  const digest = Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', octets)), (octet) => octet.toString(16).padStart(2, '0')).join('');
  if (digest !== wheel.sha256) throw new PackageError(`${wheel.file} is not what the index says it is: its SHA-256 is ${digest}, not ${wheel.sha256}.`, 'Do not run it. Whoever sent it may have changed it.');
  return new Blob([octets]);
}
