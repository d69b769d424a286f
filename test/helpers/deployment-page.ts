/** docs/deployment.md, whose configurations the tests take as they stand. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const page = readFileSync(fileURLToPath(new URL('../../docs/deployment.md', import.meta.url)), 'utf8');

/** The page's only block of a language. */
export const block = (language: string): string => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page)![1]!;

/** What the Dockerfile has its container run. */
export const containerCommand = JSON.parse(/^CMD (.*)$/m.exec(block('dockerfile'))![1]!) as string[];
