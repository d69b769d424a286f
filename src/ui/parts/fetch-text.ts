/** Text of an asset of the site. Rejects with a sentence that names `what`. */
export async function fetchText(url: string, what: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${what} could not be fetched: ${response.status} ${response.statusText}`);
  return response.text();
}
