/** What stands before a command that was copied out of a terminal or a manual. */
export const shellPrompt = /^\s*(?:[$>#%]\s+)?(?=(?:curl(?:\.exe)?|printf)\s)/;

/** Is this plainly something to import (a command, a HAR file), and not the bytes of a request? */
export const looksImportable = (text: string): boolean => shellPrompt.test(text) || /^[\s\ufeff]*\{\s*"log"\s*:\s*\{/.test(text);
