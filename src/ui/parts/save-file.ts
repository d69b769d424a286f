/** Long enough for a browser to have begun the download. ms. */
const keptMs = 60_000;

/** Give the visitor a file, as a download would. Nothing is sent anywhere. */
export function saveFile(name: string, content: string | Uint8Array<ArrayBuffer>, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), keptMs);
}
