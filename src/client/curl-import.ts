/**
 * A curl command line, as browsers copy it ("Copy as cURL (bash)") and people write it, as raw requests. Every option is
 * accounted for: it is in the bytes, or there is a note that says what became of it.
 */
import { curlNote, type CurlNote } from './curl-notes.ts';
import { readCurlArguments } from './curl-options.ts';
import { CurlTransfer, type CurlContext } from './curl-request.ts';
import { requestName, type ImportedRequest } from './imported.ts';
import { fromUtf8Latin1 } from './latin1.ts';
import { readEscape, readShell, type Pipeline, type ShellWord } from './shell-words.ts';

/** The requests of a command line, and what is to be said about it. */
export interface CurlImport {
  /** In order: several commands, several URLs, `--next`. Empty where the notes say why. */
  readonly requests: readonly ImportedRequest[];
  /** In the order of the text. */
  readonly notes: readonly CurlNote[];
}

/** What curl would say in User-Agent. */
const defaultUserAgent = 'curl/8.14.1';

/**
 * Read `text`. Understood besides curl itself: `printf '…' | curl --data-binary @-` and `printf '…' | nc host port`, which is
 * what our own export writes for bodies with NUL and for malformed requests. Never throws.
 */
export function importCurl(text: string, options: { readonly userAgent?: string } = {}): CurlImport {
  const { pipelines, problems } = readShell(text);
  const notes: CurlNote[] = problems.map(({ code, start, end }) => curlNote(code, text.slice(start, end), start, end));
  const requests = pipelines.flatMap((pipeline) => readPipeline(pipeline, options.userAgent ?? defaultUserAgent, notes));
  if (pipelines.length === 0) notes.push(curlNote('no-command', '', 0, text.length));
  return { requests, notes: notes.toSorted((a, b) => a.start - b.start) };
}

const nameOf = (word: ShellWord): string => word.value.replace(/^.*[/\\]/s, '').replace(/\.exe$/i, '');

function readPipeline(pipeline: Pipeline, userAgent: string, notes: CurlNote[]): ImportedRequest[] {
  let input: string | undefined;
  const found: ImportedRequest[] = [];
  for (const [first, ...rest] of pipeline) {
    if (first === undefined) continue;
    switch (nameOf(first)) {
      case 'printf':
        input = rest.length === 1 ? printed(rest[0]!.value) : undefined;
        if (input === undefined) notes.push(notCurl(first));
        break;
      case 'nc': case 'ncat': case 'netcat':
        if (input === undefined) notes.push(notCurl(first));
        else found.push({ ...nameFromBytes(input), raw: input, url: rest.map(({ value }) => value).filter((word) => !word.startsWith('-')).join(':') });
        input = undefined;
        break;
      case 'curl':
        found.push(...readCommand(first, rest, { userAgent, input }, notes));
        input = undefined;
        break;
      default:
        // What follows a pipe reads curl's output, which changes no request.
        notes.push(found.length > 0 ? curlNote('output', said(first), first.start, first.end) : notCurl(first));
        input = undefined;
    }
  }
  return found;
}

const said = (word: ShellWord): string => fromUtf8Latin1(word.value) ?? word.value;

const notCurl = (word: ShellWord): CurlNote => curlNote('not-curl', said(word), word.start, word.end);

function nameFromBytes(raw: string): { readonly name: string } {
  const [method = '', target = ''] = raw.slice(0, raw.search(/[\r\n]|$/)).split(' ');
  return { name: requestName(method, target) };
}

function readCommand(command: ShellWord, words: readonly ShellWord[], context: CurlContext, notes: CurlNote[]): ImportedRequest[] {
  const note = (code: CurlNote['code'], subject: string, at: { readonly start: number; readonly end: number }): void => {
    notes.push(curlNote(code, fromUtf8Latin1(subject) ?? subject, at.start, at.end));
  };
  const found: ImportedRequest[] = [];
  let transfer = new CurlTransfer(context, note);
  const finish = (): void => {
    const requests = transfer.requests();
    if (requests.length === 0 && notes.every(({ code }) => code !== 'bad-url')) note('no-url', '', command);
    found.push(...requests);
  };
  for (const argument of readCurlArguments(words)) {
    if (argument.kind === 'note') note(argument.code, argument.subject, argument);
    else if (argument.kind === 'url') transfer.addUrl(argument);
    else if (argument.name === 'next') {
      if (!transfer.empty) finish();
      transfer = new CurlTransfer(context, note);
    } else transfer.add(argument);
  }
  finish();
  return found;
}

/** What `printf FORMAT` writes, where FORMAT has no other conversion than `%%`. */
function printed(format: string): string | undefined {
  let text = '';
  for (let at = 0; at < format.length; ) {
    const here = format[at]!;
    if (here === '\\') {
      const escape = readEscape(format, at + 1);
      text += escape.value;
      at = escape.end;
    } else if (here !== '%') {
      text += here;
      at += 1;
    } else if (format[at + 1] === '%') {
      text += '%';
      at += 2;
    } else return undefined;
  }
  return text;
}
