import { latin1Text } from '../../client/latin1.ts';
import { utf8 } from '../response.ts';
import { jsOctets, jsString, lineByLine } from './literals.ts';
import { authorityOf, obstacleText, sendable, type Obstacle, type Program, type ProgramServer } from './program.ts';

/** Fields that `fetch` writes by itself, whatever a program says (Fetch Standard, "forbidden request-header"; Node refuses or overwrites these). */
const ownFields = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

/** Fields that make Node's `fetch` throw. */
const refusedFields = new Set(['expect', 'upgrade', 'te']);

/** A JavaScript module that sends the request with `fetch` of Node 20 or newer; with a socket where `fetch` cannot say it. */
export function toFetchCode(bytes: Uint8Array, server: ProgramServer): Program {
  const checked = sendable(bytes);
  if (!checked.ok) return socketProgram(bytes, server, checked.obstacle);
  const { request, content, hasBody } = checked;
  const { method, fields, target } = request;
  // Fetch Standard: CONNECT, TRACE and TRACK are forbidden; "get" would become "GET".
  if (/^(?:TRACE|TRACK)$/i.test(method) || (/^(?:delete|get|head|options|post|put)$/i.test(method) && method !== method.toUpperCase())) return socketProgram(bytes, server, 'method');
  if (hasBody && (method === 'GET' || method === 'HEAD')) return socketProgram(bytes, server, 'body');
  if (fields.some(([name]) => refusedFields.has(name.toLowerCase()))) return socketProgram(bytes, server, 'field');

  const authority = authorityOf(server);
  const said = fields.filter(([name, value]) => !ownFields.has(name.toLowerCase()) && !(name.toLowerCase() === 'host' && value === authority));
  const names = said.map(([name]) => name.toLowerCase());
  const differing = [
    ...fields.map(([name]) => name).filter((name) => ownFields.has(name.toLowerCase())),
    // Sent by Node where the program does not say them.
    ...['Accept', 'Accept-Language', 'Sec-Fetch-Mode', 'User-Agent', 'Accept-Encoding', 'Connection'].filter((name) => !names.includes(name.toLowerCase())),
    ...names.filter((name, at) => names.indexOf(name) !== at),
  ];
  const members = [
    ...(method === 'GET' ? [] : [`  method: ${jsString(method)},`]),
    // Pairs, not an object: order and repetition count.
    ...(said.length === 0 ? [] : ['  headers: [', ...said.map(([name, value]) => `    [${jsString(name)}, ${jsOctets(value)}],`), '  ],']),
    ...(hasBody && content.length > 0 ? [`  body: ${bodyLiteral(content)},`] : hasBody ? ["  body: '',"] : []),
    "  redirect: 'manual',",
  ];
  const code = [
    `const response = await fetch(${jsString(`http://${authority}${target}`)}, {`,
    ...members,
    '});',
    'console.log(response.status, response.statusText);',
    'for (const [name, value] of response.headers) console.log(`${name}: ${value}`);',
    'console.log();',
    'console.log(await response.text());',
    '',
  ].join('\n');
  return { tool: 'fetch', code, differing: [...new Set(differing)] };
}

/** A string is sent as UTF-8; `fetch` would then add a Content-Type, but only where the program names none. */
function bodyLiteral(content: Uint8Array): string {
  const text = utf8(content);
  // A byte order mark would be lost.
  if (text !== undefined && content[0] !== 0xef) return `new TextEncoder().encode(${jsString(text)})`;
  return `Uint8Array.from(${jsOctets(latin1Text(content))}, (octet) => octet.charCodeAt(0))`;
}

function socketProgram(bytes: Uint8Array, { host, port }: ProgramServer, obstacle: Obstacle): Program {
  const lines = lineByLine(latin1Text(bytes)).map((line) => `  ${jsOctets(line)},`);
  const code = [
    `// ${obstacleText[obstacle]} So the octets are sent as they are.`,
    "import { connect } from 'node:net';",
    '',
    'const request = [',
    ...lines,
    "].join('');",
    '',
    `const socket = connect(${port}, ${jsString(host)}, () => socket.write(request, 'latin1'));`,
    "socket.on('data', (bytes) => process.stdout.write(bytes));",
    "socket.on('error', (error) => console.error(error.message));",
    '// A connection that is kept open would keep the program waiting.',
    'socket.setTimeout(2000, () => socket.end());',
    '',
  ].join('\n');
  return { tool: 'socket', code, obstacle, differing: [] };
}
