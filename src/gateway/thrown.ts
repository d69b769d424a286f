import { describeType } from './render.ts';

/** Any thrown value as text. */
export function errorText(error: unknown): { readonly name: string; readonly message: string; readonly stack: string } {
  if (typeof error === 'object' && error !== null && typeof (error as Partial<Error>).message === 'string') {
    const { name, message, stack } = error as Error;
    const line = `${name}: ${message}`;
    // V8 puts name and message at the head of the stack, SpiderMonkey does not.
    return { name: String(name), message, stack: typeof stack !== 'string' || stack === '' ? line : stack.includes(message) ? stack : `${line}\n${stack}` };
  }
  let text: string;
  try {
    text = String(error);
  } catch {
    text = describeType(error);
  }
  return { name: 'thrown value', message: text, stack: `${describeType(error)} was thrown: ${text}` };
}
