import { latin1Text } from '../../client/latin1.ts';
import { lineByLine, pythonBytes, pythonString } from './literals.ts';
import { authorityOf, obstacleText, sendable, type Obstacle, type Program, type ProgramServer } from './program.ts';

/** Methods that have a function of their own in `requests`. */
const functions = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

/** A Python 3 program that sends the request with `requests`; with a socket where that cannot say it. */
export function toPythonCode(bytes: Uint8Array, server: ProgramServer): Program {
  const checked = sendable(bytes);
  if (!checked.ok) return socketProgram(bytes, server, checked.obstacle);
  const { request, content, hasBody } = checked;
  const { method, fields, target, framing } = request;
  // requests writes methods in upper case.
  if (method !== method.toUpperCase()) return socketProgram(bytes, server, 'method');
  const authority = authorityOf(server);
  const chunked = framing.kind === 'chunked';
  const said = new Map<string, { name: string; value: string }>();
  const repeated: string[] = [];
  for (const [name, value] of fields) {
    const lower = name.toLowerCase();
    if (lower === 'content-length' || lower === 'transfer-encoding' || (lower === 'host' && value === authority)) continue;
    const before = said.get(lower);
    if (before) {
      // A dict has one value for a name. RFC 9110 §5.3: a list may be written on one line; Cookie has a separator of its own.
      before.value += `${lower === 'cookie' ? '; ' : ', '}${value}`;
      repeated.push(name);
    } else said.set(lower, { name, value });
  }
  const differing = [
    ...['User-Agent', 'Accept-Encoding', 'Accept', 'Connection'].filter((name) => !said.has(name.toLowerCase())),
    ...(chunked ? ['Transfer-Encoding'] : []),
    ...repeated,
  ];
  const lines = [
    ...(functions.has(method) ? [`response = requests.${method.toLowerCase()}(`] : ['response = requests.request(', `    ${pythonString(method)},`]),
    `    ${pythonString(`http://${authority}${target}`)},`,
    ...(said.size === 0 ? [] : ['    headers={', ...[...said.values()].map(({ name, value }) => `        ${pythonString(name)}: ${pythonBytes(value)},`), '    },']),
    ...(!hasBody ? [] : chunked ? [`    data=iter([${pythonBytes(latin1Text(content))}]),  # an iterator is sent in chunks`] : content.length === 0 ? [] : [`    data=${pythonBytes(latin1Text(content))},`]),
    '    allow_redirects=False,',
    ')',
  ];
  const code = [
    'import requests',
    '',
    ...lines,
    'print(response.status_code, response.reason)',
    'for name, value in response.headers.items():',
    "    print(f'{name}: {value}')",
    'print()',
    'print(response.text)',
    '',
  ].join('\n');
  return { tool: 'requests', code, differing: [...new Set(differing)] };
}

function socketProgram(bytes: Uint8Array, { host, port }: ProgramServer, obstacle: Obstacle): Program {
  const code = [
    `# ${obstacleText[obstacle]} So the octets are sent as they are.`,
    'import socket',
    '',
    'request = (',
    ...(bytes.length === 0 ? ["    b''"] : lineByLine(latin1Text(bytes)).map((line) => `    ${pythonBytes(line)}`)),
    ')',
    '',
    `with socket.create_connection((${pythonString(host)}, ${port}), timeout=2) as connection:`,
    '    connection.sendall(request)',
    '    try:',
    '        while data := connection.recv(65536):',
    "            print(data.decode('latin-1'), end='')",
    '    except TimeoutError:',
    '        pass  # the server keeps the connection open',
    '',
  ].join('\n');
  return { tool: 'socket', code, obstacle, differing: [] };
}
