/** The grammar of Sec-WebSocket-Extensions (RFC6455-9.1). */

/** One element of the list: `name; parameter=value; …`. Names in lower case are not assumed: they are compared exactly. */
export interface ExtensionOffer {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly value?: string }[];
}

const token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const space = /[ \t]*/y;

/** Parse a field value (lines joined with commas). Undefined where it does not follow the grammar. */
export function parseExtensions(value: string): ExtensionOffer[] | undefined {
  let at = 0;
  const skip = (): void => {
    space.lastIndex = at;
    space.test(value);
    at = space.lastIndex;
  };
  const take = (): string | undefined => {
    token.lastIndex = at;
    const found = token.exec(value)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const punctuation = (char: string): boolean => {
    skip();
    if (value[at] !== char) return false;
    at++;
    skip();
    return true;
  };

  const offers: ExtensionOffer[] = [];
  skip();
  while (at < value.length) {
    if (punctuation(',')) continue; // RFC9110-5.6.1.2: empty list elements are ignored
    const name = take();
    if (name === undefined) return undefined;
    const parameters: { name: string; value?: string }[] = [];
    while (punctuation(';')) {
      const parameter = take();
      if (parameter === undefined) return undefined;
      if (!punctuation('=')) {
        parameters.push({ name: parameter });
        continue;
      }
      // RFC6455-9.1-GRAMMAR: a quoted value must be a token after unescaping, so quotes can simply be taken off.
      const quoted = value[at] === '"';
      if (quoted) at++;
      const text = take();
      if (text === undefined || (quoted && value[at++] !== '"')) return undefined;
      parameters.push({ name: parameter, value: text });
    }
    offers.push({ name, parameters });
    skip();
    if (at < value.length && value[at] !== ',') return undefined;
  }
  return offers;
}
