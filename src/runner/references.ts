/**
 * Where a module speaks of the names it imports: every use that means the import and not something of the same name that
 * was declared closer by (ECMA-262, "Environment Records").
 */
import type { Identifier, Node, Pattern, Program } from 'acorn';

/** One use of an imported name. */
export interface Reference {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** `{ name }` in an object: the key stays when the value is replaced. */
  readonly shorthand: boolean;
  /** `name()`: what is called must not become a method call. */
  readonly called: boolean;
}

/** A node with the names that are declared around it. */
interface Visit {
  readonly node: AnyNode;
  /** Those of the names looked for that mean something else here. */
  readonly hidden: ReadonlySet<string>;
}

/** Any node, read by key: acorn's union has seventy members, of which a handful matter here. */
type AnyNode = Node & Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is AnyNode => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** Every node that is directly below. */
function children(node: AnyNode): AnyNode[] {
  return Object.values(node).flatMap((value) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []));
}

/** Every use of `names` in the module. Import and export lists are left out: they are not code. */
export function findReferences(program: Program, names: ReadonlySet<string>): Reference[] {
  const found: Reference[] = [];
  if (names.size === 0) return found;
  // A list instead of recursion: a sum of ten thousand terms is ten thousand deep.
  const waiting: Visit[] = (program.body as unknown as AnyNode[]).map((node) => ({ node, hidden: new Set<string>() }));
  const use = (node: AnyNode, hidden: ReadonlySet<string>, how: { readonly shorthand?: boolean; readonly called?: boolean } = {}): boolean => {
    if (node.type !== 'Identifier') return false;
    const { name, start, end } = node as unknown as Identifier;
    if (names.has(name) && !hidden.has(name)) found.push({ name, start, end, shorthand: how.shorthand ?? false, called: how.called ?? false });
    return true;
  };
  const hide = (hidden: ReadonlySet<string>, declared: Iterable<string>): ReadonlySet<string> => {
    const here = [...declared].filter((name) => names.has(name));
    return here.length === 0 ? hidden : new Set([...hidden, ...here]);
  };

  for (let visit = waiting.pop(); visit; visit = waiting.pop()) {
    const { node, hidden } = visit;
    const later = (nodes: readonly (AnyNode | null | undefined)[], inside = hidden): void => {
      for (const each of nodes) if (each) waiting.push({ node: each, hidden: inside });
    };
    const child = (key: string): AnyNode | undefined => node[key] as AnyNode | undefined;
    const all = (key: string): AnyNode[] => node[key] as AnyNode[];
    switch (node.type) {
      case 'Identifier': use(node, hidden); break;
      case 'MemberExpression': later([child('object'), node['computed'] ? child('property') : undefined]); break;
      case 'CallExpression':
      case 'TaggedTemplateExpression': {
        const callee = child(node.type === 'CallExpression' ? 'callee' : 'tag')!;
        if (!use(callee, hidden, { called: true })) later([callee]);
        later(node.type === 'CallExpression' ? all('arguments') : [child('quasi')]);
        break;
      }
      case 'Property': {
        const value = child('value')!;
        if (node['computed']) later([child('key')]);
        if (!node['shorthand']) later([value]);
        // `{ name }`, and `({ name } = …)`, and `({ name = 1 } = …)`.
        else if (!use(value, hidden, { shorthand: true })) later([value]);
        break;
      }
      case 'MethodDefinition':
      case 'PropertyDefinition': later([node['computed'] ? child('key') : undefined, child('value')]); break;
      case 'LabeledStatement': later([child('body')]); break;
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
      case 'ImportDeclaration':
      case 'ExportAllDeclaration': break;
      case 'ExportNamedDeclaration': later([child('declaration')]); break;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression': {
        const ownName = node.type === 'FunctionExpression' && child('id') ? [(child('id') as unknown as Identifier).name] : [];
        const parameters = hide(hidden, [...ownName, ...(all('params') as unknown as Pattern[]).flatMap(boundNames)]);
        later(all('params'), parameters);
        const body = child('body')!;
        // The block of a function is visited here, with its `var`s: they reach no further than the function.
        if (body.type === 'BlockStatement') later(body['body'] as AnyNode[], hide(parameters, [...varNames(body), ...lexicalNames(body['body'] as AnyNode[])]));
        else later([body], parameters);
        break;
      }
      case 'ClassDeclaration':
      case 'ClassExpression': {
        const inside = child('id') ? hide(hidden, [(child('id') as unknown as Identifier).name]) : hidden;
        later([child('superClass'), child('body')], inside);
        break;
      }
      case 'StaticBlock': later(all('body'), hide(hidden, [...varNames(node), ...lexicalNames(all('body'))])); break;
      case 'BlockStatement': later(all('body'), hide(hidden, lexicalNames(all('body')))); break;
      case 'SwitchStatement': {
        const cases = all('cases');
        later([child('discriminant')]);
        later(cases, hide(hidden, lexicalNames(cases.flatMap((each) => each['consequent'] as AnyNode[]))));
        break;
      }
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement': {
        const head = child(node.type === 'ForStatement' ? 'init' : 'left');
        later(children(node), head ? hide(hidden, lexicalNames([head])) : hidden);
        break;
      }
      case 'CatchClause': {
        const parameter = child('param') as unknown as Pattern | undefined;
        later(children(node), parameter ? hide(hidden, boundNames(parameter)) : hidden);
        break;
      }
      default: later(children(node));
    }
  }
  return found;
}

/** Names that a pattern declares: `{ a, b: [c = 1], ...d }` declares a, c and d. */
export function boundNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier': return [pattern.name];
    case 'ObjectPattern': return pattern.properties.flatMap((each) => boundNames(each.type === 'Property' ? each.value : each.argument));
    case 'ArrayPattern': return pattern.elements.flatMap((each) => (each ? boundNames(each) : []));
    case 'AssignmentPattern': return boundNames(pattern.left);
    case 'RestElement': return boundNames(pattern.argument);
    case 'MemberExpression': return [];
  }
}

/** Names that a declaration statement declares, of any kind; none for other statements. */
export function declaredNames(statement: Node): string[] {
  const node = statement as AnyNode;
  if (node.type === 'VariableDeclaration') return (node['declarations'] as { readonly id: Pattern }[]).flatMap(({ id }) => boundNames(id));
  if ((node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') && node['id']) return [(node['id'] as Identifier).name];
  return [];
}

/** Names that belong to the block which these statements are in: `let`, `const`, classes, functions. */
function lexicalNames(statements: readonly AnyNode[]): string[] {
  return statements.flatMap((each) => (each.type === 'VariableDeclaration' && each['kind'] === 'var' ? [] : declaredNames(each)));
}

/** Names that `var` declares anywhere in a function's body, functions inside it left out. */
function varNames(body: AnyNode): string[] {
  const names: string[] = [];
  const waiting = [body];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (/Function|^Class|StaticBlock/.test(node.type) && node !== body) continue;
    if (node.type === 'VariableDeclaration' && node['kind'] === 'var') names.push(...declaredNames(node));
    waiting.push(...children(node));
  }
  return names;
}
