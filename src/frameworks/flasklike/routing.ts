/**
 * Which function answers this path? The part of Flask that is really Werkzeug's `routing.Map`.
 *
 * A rule such as `/post/<int:id>` becomes a regular expression once, when it is added; matching a request is then trying the
 * rules in order, the more specific first.
 */

/** Turns the text of one path part into a value, and back. */
interface Converter {
  readonly pattern: string;
  readonly toValue: (text: string) => string | number;
}

const converters: Readonly<Record<string, Converter>> = {
  string: { pattern: '[^/]+', toValue: (text) => text },
  int: { pattern: '\\d+', toValue: Number },
  float: { pattern: '\\d+\\.\\d+', toValue: Number },
  path: { pattern: '[^/].*?', toValue: (text) => text },
  uuid: { pattern: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', toValue: (text) => text },
};

/** Values taken from the path, by name. */
export type Params = Record<string, string | number>;

interface Rule {
  readonly text: string;
  readonly regexp: RegExp;
  readonly variables: readonly { readonly name: string; readonly converter: Converter }[];
  readonly methods: ReadonlySet<string>;
  readonly endpoint: string;
  /** The rule ends in `/`: the path without it is redirected there. */
  readonly branch: boolean;
}

/** What became of a path and method. */
export type Match =
  | { readonly kind: 'found'; readonly endpoint: string; readonly params: Params; readonly rule: string }
  | { readonly kind: 'redirect'; readonly path: string }
  | { readonly kind: 'method not allowed'; readonly allow: readonly string[] }
  | { readonly kind: 'not found' };

const variable = /<(?:(\w+):)?(\w+)>/g;
const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** An ordered set of rules. */
export class Router {
  readonly #rules: Rule[] = [];

  /** Add a rule. GET brings HEAD with it, and every rule answers OPTIONS, as in Flask. */
  add(text: string, endpoint: string, methods: readonly string[]): void {
    if (!text.startsWith('/')) throw new TypeError(`a rule begins with a slash: ${JSON.stringify(text)}`);
    const variables: { name: string; converter: Converter }[] = [];
    let source = '';
    let at = 0;
    for (const found of text.matchAll(variable)) {
      const [whole, kind = 'string', name = ''] = found;
      const converter = converters[kind];
      if (!converter) throw new TypeError(`rule ${text}: there is no converter "${kind}" (there are: ${Object.keys(converters).join(', ')})`);
      if (variables.some((one) => one.name === name)) throw new TypeError(`rule ${text}: the variable "${name}" is there twice`);
      source += `${escape(text.slice(at, found.index))}(${converter.pattern})`;
      at = found.index + whole.length;
      variables.push({ name, converter });
    }
    source += escape(text.slice(at));
    const branch = text.endsWith('/') && text !== '/';
    const all = new Set(methods.map((method) => method.toUpperCase()));
    if (all.has('GET')) all.add('HEAD');
    all.add('OPTIONS');
    this.#rules.push({ text, regexp: new RegExp(`^${branch ? `${source.slice(0, -1)}(/?)` : source}$`), variables, methods: all, endpoint, branch });
    // Rules without variables first, then those with fewer; `sort` is stable, so the rest stays in the order of addition.
    this.#rules.sort((a, b) => a.variables.length - b.variables.length);
  }

  match(path: string, method: string): Match {
    const allow = new Set<string>();
    for (const rule of this.#rules) {
      const found = rule.regexp.exec(path);
      if (!found) continue;
      if (rule.branch && found.at(-1) === '') return { kind: 'redirect', path: `${path}/` };
      if (!rule.methods.has(method)) {
        for (const one of rule.methods) allow.add(one);
        continue;
      }
      const params = Object.fromEntries(rule.variables.map(({ name, converter }, i) => [name, converter.toValue(found[i + 1]!)]));
      return { kind: 'found', endpoint: rule.endpoint, params, rule: rule.text };
    }
    return allow.size > 0 ? { kind: 'method not allowed', allow: [...allow].sort() } : { kind: 'not found' };
  }

  /** Every method that some rule for this path allows: what an automatic OPTIONS answers. */
  allowed(path: string): string[] {
    return [...new Set(this.#rules.filter((rule) => rule.regexp.test(path)).flatMap((rule) => [...rule.methods]))].sort();
  }

  /** The path of an endpoint. Values without a place in the rule become the query. */
  build(endpoint: string, values: Params): string {
    const rule = this.#rules.find((one) => one.endpoint === endpoint && one.variables.every(({ name }) => name in values));
    if (!rule) throw new TypeError(`no rule of endpoint "${endpoint}" takes the values ${Object.keys(values).join(', ') || '(none)'}`);
    const used = new Set(rule.variables.map(({ name }) => name));
    const path = rule.text.replace(variable, (_, kind: string | undefined, name: string) => {
      const text = String(values[name]);
      return kind === 'path' ? text.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(text);
    });
    const query = Object.entries(values).filter(([name]) => !used.has(name)).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
    return query.length > 0 ? `${path}?${query.join('&')}` : path;
  }
}
