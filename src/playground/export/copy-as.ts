import { toCommand } from '../../client/curl.ts';
import { latin1Bytes } from '../../client/latin1.ts';
import { toFetchCode } from './fetch-code.ts';
import { toPythonCode } from './python-code.ts';

/** Ways to write a request for somebody else's terminal or program. */
export type CopyForm = 'curl' | 'fetch' | 'python';

/** Where the machine listens in its own network, and `porthole` on a real one unless told otherwise. */
const server = { host: '127.0.0.1', port: 8000 } as const;

/** The request (latin-1) in that form. Not `byTool`: the tool cannot send these bytes, so they go over a plain socket. */
export function copyAs(form: CopyForm, raw: string): { readonly text: string; readonly byTool: boolean } {
  const bytes = latin1Bytes(raw);
  if (form === 'curl') {
    const { command, tool } = toCommand(bytes, server);
    return { text: command, byTool: tool === 'curl' };
  }
  const { code, tool } = (form === 'fetch' ? toFetchCode : toPythonCode)(bytes, server);
  return { text: code, byTool: tool !== 'socket' };
}
