/**
 * Light colouring for the seconds before Monaco, and for the plain editor: comments, strings, keywords and numbers.
 * It does not understand the languages; a template string with a backtick inside is coloured wrong, and nothing breaks.
 */
import type { Language } from './language.ts';

/** What a stretch of code is. '' is everything else. */
export type CodeToken = '' | 'comment' | 'string' | 'keyword' | 'number';

/** Neighbouring pieces of the text, in order; together they are the text. */
export type CodePiece = readonly [kind: CodeToken, text: string];

const scriptWords = 'abstract any as async await boolean break case catch class const continue default delete do else enum export extends false finally '
  + 'for from function get if implements import in instanceof interface keyof let never new null number object of private protected public readonly return '
  + 'satisfies set static string super switch symbol this throw true try type typeof undefined unknown var void while with yield';
const pythonWords = 'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda '
  + 'match nonlocal not or pass raise return try while with yield';

// One alternative for each kind, tried in this order at every place. No alternative can match the empty string, and none backtracks
// over more than it matched: the text may come from a stranger.
const quoted = String.raw`"(?:[^"\\\n]|\\[^])*"?|'(?:[^'\\\n]|\\[^])*'?`;
const wholeWords = (words: string): string => String.raw`(?<!\.)\b(?:${words.replaceAll(' ', '|')})(?![\w$])`;
const script = grammar({
  comment: String.raw`\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)`,
  string: String.raw`${quoted}|\x60(?:[^\x60\\]|\\[^])*\x60?`,
  keyword: `${wholeWords(scriptWords)}(?!:)`, // `type:` is a member
});
const python = grammar({ comment: '#[^\\n]*', string: String.raw`\"{3}[^]*?(?:\"{3}|$)|'{3}[^]*?(?:'{3}|$)|${quoted}`, keyword: wholeWords(pythonWords) });
const html = grammar({ comment: '<!--[^]*?(?:-->|$)', string: '"[^"<]*"?', keyword: String.raw`<\/?[a-zA-Z][\w-]*|<![a-zA-Z]+` });
const json = grammar({ comment: '(?!)', string: quoted, keyword: wholeWords('true false null') });

const grammars: Readonly<Record<Language, RegExp | undefined>> = { typescript: script, javascript: script, python, html, json, plaintext: undefined };

const kinds = ['comment', 'string', 'keyword', 'number'] as const;

/** Cuts `text` into pieces. Takes time in proportion to its length. */
export function tokenize(language: Language, text: string): CodePiece[] {
  const pattern = grammars[language];
  if (!pattern) return text === '' ? [] : [['', text]];
  const pieces: CodePiece[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const kind = kinds.find((name) => match.groups![name] !== undefined);
    if (kind === undefined) continue; // a word that is no keyword: matched so that nothing is found inside it
    if (match.index > end) pieces.push(['', text.slice(end, match.index)]);
    end = match.index + match[0].length;
    pieces.push([kind, match[0]]);
  }
  if (end < text.length) pieces.push(['', text.slice(end)]);
  return pieces;
}

function grammar(parts: { readonly comment: string; readonly string: string; readonly keyword: string }): RegExp {
  return new RegExp(String.raw`(?<comment>${parts.comment})|(?<string>${parts.string})|(?<keyword>${parts.keyword})|(?<number>\b\d[\w.]*)|[\w$]+`, 'g');
}
