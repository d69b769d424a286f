/**
 * Values as a console prints them, as text. Modelled on what Node and the browsers agree on; getters are not called,
 * and nothing that a value does while it is looked at gets out.
 */

/** Objects inside objects are opened this far. */
const maxDepth = 4;
/** Items and members shown of one object. */
const maxItems = 100;
/** A string inside an object is cut here; on its own it is shown whole. Characters. */
const maxInnerText = 1000;
/** Objects with this much text go onto lines of their own. Characters. */
const lineWidth = 76;
/** Everything together. Characters; what is longer is cut by the caller's budget anyway. */
const maxTotal = 100_000;

interface Looking {
  readonly ancestors: readonly object[];
  /** Characters left. */
  readonly budget: { left: number };
}

/** Text for one argument of `console.log`: a string is itself, everything else as {@link inspect}. */
export const formatValue = (value: unknown): string => (typeof value === 'string' ? value : inspect(value));

/** A value in source-like notation. */
export function inspect(value: unknown): string {
  try {
    return show(value, { ancestors: [], budget: { left: maxTotal } });
  } catch {
    return '[a value that cannot be shown]';
  }
}

/**
 * The arguments of `console.log` as one text: `%s %d %i %f %j %o %O %c %%` in a first string are replaced, the rest is
 * joined by spaces. `%c` (a style) takes its argument and prints nothing.
 */
export function formatArguments(values: readonly unknown[]): string {
  const [first, ...rest] = values;
  if (typeof first !== 'string') return values.map(formatValue).join(' ');
  let next = 0;
  const text = first.replace(/%[sdifjoOc%]/g, (directive) => {
    if (directive === '%%') return '%';
    if (next >= rest.length) return directive;
    return substitute(directive, rest[next++]);
  });
  return [text, ...rest.slice(next).map(formatValue)].join(' ');
}

function substitute(directive: string, value: unknown): string {
  switch (directive) {
    case '%s': return typeof value === 'bigint' ? `${value}n` : formatValue(value);
    case '%d': return typeof value === 'bigint' ? `${value}n` : typeof value === 'symbol' || typeof value === 'object' ? 'NaN' : String(Number(value));
    case '%i': return typeof value === 'bigint' ? `${value}n` : String(Number.parseInt(String(value), 10));
    case '%f': return String(Number.parseFloat(String(value)));
    case '%c': return '';
    default: return inspect(value);
  }
}

function show(value: unknown, looking: Looking): string {
  const text = typeof value === 'object' && value !== null ? showObject(value, looking) : showPlain(value, looking.ancestors.length > 0);
  looking.budget.left -= text.length;
  return text;
}

function showPlain(value: unknown, inside: boolean): string {
  switch (typeof value) {
    case 'string': return inside && value.length > maxInnerText ? `${quote(value.slice(0, maxInnerText))}… ${value.length - maxInnerText} more characters` : quote(value);
    case 'bigint': return `${value}n`;
    case 'symbol': return value.toString();
    case 'function': return showFunction(value);
    case 'number': return Object.is(value, -0) ? '-0' : String(value);
    default: return String(value);
  }
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

/** In single quotes, unless there are some inside. */
function quote(text: string): string {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : '`';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return mark + text.replace(/[\\\n\r\t]/g, (char) => escapes[char]!).replace(/[\0-\x1f\x7f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`) + mark;
}

function showFunction(value: object): string {
  const name = ownText(value, 'name');
  const isClass = /^class\b/.test(Function.prototype.toString.call(value));
  return isClass ? `[class ${name || '(anonymous)'}]` : name === '' ? '[Function (anonymous)]' : `[Function: ${name}]`;
}

/** An own data member that is a string; '' otherwise. */
function ownText(value: object, key: string): string {
  const member: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
  return typeof member === 'string' ? member : '';
}

/** Name of the class; 'Object' for plain ones, '' where there is none. */
function className(value: object): string {
  let proto: unknown = value;
  // A member of its own may be called constructor; the class's is up the chain.
  while ((proto = Object.getPrototypeOf(proto)) !== null) {
    const descriptor = Object.getOwnPropertyDescriptor(proto as object, 'constructor');
    if (typeof descriptor?.value === 'function') return ownText(descriptor.value as object, 'name');
  }
  return '';
}

function showObject(value: object, looking: Looking): string {
  const seenAt = looking.ancestors.indexOf(value);
  if (seenAt >= 0) return '[Circular]';
  const name = className(value);
  if (value instanceof Error) return showError(value, looking);
  if (Object.prototype.toString.call(value) === '[object Date]') return showDate(value as { getTime(): number; toISOString(): string });
  if (value instanceof RegExp) return RegExp.prototype.toString.call(value);
  if (value instanceof Promise) return 'Promise {}';
  if (value instanceof String || value instanceof Number || value instanceof Boolean) return `[${name}: ${showPlain(value.valueOf(), true)}]`;
  if (looking.ancestors.length >= maxDepth) return Array.isArray(value) ? '[Array]' : `[${name || 'Object'}]`;

  const inner: Looking = { ancestors: [...looking.ancestors, value], budget: looking.budget };
  if (Array.isArray(value)) return wrap('[', ']', name === 'Array' ? '' : `${name}(${value.length})`, [...showItems(value, value.length, inner), ...showMembers(value, inner, true)]);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const list = value as unknown as ArrayLike<unknown>;
    return wrap('[', ']', `${name}(${list.length})`, showItems(list, list.length, inner));
  }
  if (value instanceof ArrayBuffer) return `ArrayBuffer { byteLength: ${value.byteLength} }`;
  if (value instanceof Map) {
    const entries = limited([...value].map(([key, item]) => () => `${show(key, inner)} => ${show(item, inner)}`), looking.budget);
    return wrap('{', '}', `${name}(${value.size})`, [...entries, ...showMembers(value, inner, false)]);
  }
  if (value instanceof Set) {
    return wrap('{', '}', `${name}(${value.size})`, [...limited([...value].map((item) => () => show(item, inner)), looking.budget), ...showMembers(value, inner, false)]);
  }
  const tag = ownOrInheritedTag(value);
  const title = name === '' ? '[Object: null prototype]' : name === 'Object' ? '' : name;
  return wrap('{', '}', tag !== '' && tag !== name ? `${title || 'Object'} [${tag}]` : title, showMembers(value, inner, false));
}

const showDate = (date: { getTime(): number; toISOString(): string }): string => (Number.isNaN(date.getTime()) ? 'Invalid Date' : date.toISOString());

function ownOrInheritedTag(value: object): string {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(at, Symbol.toStringTag);
    if (descriptor) return typeof descriptor.value === 'string' ? descriptor.value : '';
  }
  return '';
}

/** The stack says name, message and place; members that somebody added follow. */
function showError(error: Error, looking: Looking): string {
  const stack: unknown = Object.getOwnPropertyDescriptor(error, 'stack')?.value ?? error.stack;
  const title = error.message === '' ? error.name : `${error.name}: ${error.message}`;
  let text = typeof stack === 'string' && stack !== '' ? stack : title;
  // SpiderMonkey's stacks do not begin with the message.
  if (!text.startsWith(error.name)) text = `${title}\n${text}`;
  const inner: Looking = { ancestors: [...looking.ancestors, error], budget: looking.budget };
  const members = showMembers(error, inner, false, new Set(['stack', 'message', 'cause', 'name', 'line', 'column', 'sourceURL', 'fileName', 'lineNumber', 'columnNumber']));
  if (members.length > 0 && looking.ancestors.length < maxDepth) text += ` ${wrap('{', '}', '', members)}`;
  if (error.cause !== undefined && looking.ancestors.length < maxDepth) text += `\n  [cause]: ${show(error.cause, inner)}`;
  return text;
}

/** Show until the list or the budget ends, and say how many are left. */
function limited(items: readonly (() => string)[], budget: { left: number }): string[] {
  const shown: string[] = [];
  for (const item of items) {
    if (shown.length >= maxItems || budget.left <= 0) {
      shown.push(`… ${items.length - shown.length} more`);
      break;
    }
    shown.push(item());
  }
  return shown;
}

function showItems(list: ArrayLike<unknown>, length: number, looking: Looking): string[] {
  const shown: string[] = [];
  for (let index = 0; index < length; index += 1) {
    if (shown.length >= maxItems || looking.budget.left <= 0) {
      shown.push(`… ${length - index} more`);
      break;
    }
    let holes = 0;
    while (index + holes < length && !(index + holes in list)) holes += 1;
    if (holes > 0) {
      shown.push(`<${holes} empty>`);
      index += holes - 1;
    } else {
      shown.push(show(list[index], looking));
    }
  }
  return shown;
}

/** `key: value` of every own enumerable member; accessors by what they are. `named`: leave out the indices of an array. */
function showMembers(value: object, looking: Looking, named: boolean, without: ReadonlySet<string> = new Set()): string[] {
  const keys = Reflect.ownKeys(value).filter((key) => {
    if (typeof key === 'string' && (without.has(key) || (named && /^(?:\d+|length)$/.test(key)))) return false;
    return Object.getOwnPropertyDescriptor(value, key)?.enumerable === true;
  });
  return limited(keys.map((key) => () => {
    const { value: member, get, set } = Object.getOwnPropertyDescriptor(value, key) ?? {};
    const name = typeof key === 'symbol' ? `[${key.toString()}]` : /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? key : quote(key);
    const shown = get ? (set ? '[Getter/Setter]' : '[Getter]') : set ? '[Setter]' : show(member, looking);
    return `${name}: ${shown}`;
  }), looking.budget);
}

function wrap(open: string, close: string, title: string, items: readonly string[]): string {
  const lead = title === '' ? '' : `${title} `;
  if (items.length === 0) return `${lead}${open}${close}`;
  const length = items.reduce((sum, item) => sum + item.length + 2, lead.length);
  if (length <= lineWidth && !items.some((item) => item.includes('\n'))) return `${lead}${open} ${items.join(', ')} ${close}`;
  return `${lead}${open}\n${items.map((item) => `  ${item.replaceAll('\n', '\n  ')}`).join(',\n')}\n${close}`;
}
