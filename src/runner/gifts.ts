/**
 * Where a module gives values away: `yield`, and `return` from what may be a WSGI application. A generator's frame is on no
 * stack while it is asked for its next item, and a function's is gone when it has returned; so each such place is made to
 * say where it is. What is given, and when, stays the same:
 *
 *     yield block;           →  yield $.at(71, (block));
 *     yield* [one, two];     →  yield* $.each(90, ([one, two]));
 *     return [body];         →  return $.at(120, ([body]));
 */
import type { Node, Program } from 'acorn';

/** A place that gives something away; offsets into the module's text. */
export interface Gift {
  /** Of the word `yield` or `return`, or of the expression behind an arrow. */
  readonly at: number;
  /** The expression, without its parentheses; undefined for a bare `yield`, which ends at `end`. */
  readonly start: number | undefined;
  readonly end: number;
  /** `yield*`: gives every item. */
  readonly each: boolean;
}

type AnyNode = Node & Readonly<Record<string, unknown>>;

/** Which kind of function a node stands in. */
type Inside = 'generator' | 'application' | 'other';

/** In no particular order. Not recursive: a sum of ten thousand terms is ten thousand deep. */
export function findGifts(program: Program): Gift[] {
  const found: Gift[] = [];
  const waiting: { readonly value: unknown; readonly inside: Inside }[] = [{ value: program.body, inside: 'other' }];
  for (let visit = waiting.pop(); visit; visit = waiting.pop()) {
    const { value, inside } = visit;
    if (typeof value !== 'object' || value === null) continue;
    const node = value as AnyNode;
    const argument = node['argument'] as Node | null | undefined;
    let below = inside;
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression': {
        below = kindOf(node);
        const body = node['body'] as Node;
        if (below === 'application' && body.type !== 'BlockStatement') found.push({ at: body.start, start: body.start, end: body.end, each: false });
        break;
      }
      case 'YieldExpression':
        // An asynchronous generator is nobody's response: ASGI has `send`, whose caller is on the stack.
        if (inside === 'generator') found.push({ at: node.start, start: argument?.start, end: argument?.end ?? node.end, each: node['delegate'] === true });
        break;
      case 'ReturnStatement':
        if (inside === 'application' && argument) found.push({ at: node.start, start: argument.start, end: argument.end, each: false });
        break;
      default:
    }
    for (const child of Object.values(node)) waiting.push({ value: child, inside: below });
  }
  return found;
}

/** Two parameters make what may be an application (PEP3333-details-1). */
function kindOf(node: AnyNode): Inside {
  if (node['async'] === true) return 'other';
  if (node['generator'] === true) return 'generator';
  return (node['params'] as readonly unknown[]).length === 2 ? 'application' : 'other';
}

/** Remembers the last value that was given away, and where. One per program: its code runs on one thread. */
export class LastGift {
  #value: unknown = nothing;
  #file = '';
  #at = 0;

  /** Called by the code itself. */
  note(file: string, at: number, value: unknown): void {
    this.#value = value;
    this.#file = file;
    this.#at = at;
  }

  /** Where `value` was given away, if it was the last one: then whoever has it now has it from there. */
  placeOf(value: unknown): { readonly file: string; readonly at: number } | undefined {
    return Object.is(value, this.#value) ? { file: this.#file, at: this.#at } : undefined;
  }
}

/** No program has this. */
const nothing = Symbol('nothing');
