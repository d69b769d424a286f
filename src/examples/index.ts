/** The catalogue: every example, in the order of the menu. Each is a folder beside this file; the test fails on one that is not listed. */
import { asgiBody } from './asgi-body/example.ts';
import { exampleFiles } from './catalogue.generated.ts';
import { chat } from './chat/example.ts';
import { environ } from './environ/example.ts';
import type { Example, ExampleDescription } from './example.ts';
import { failsBeforeStart } from './fails-before-start/example.ts';
import { failsMidway } from './fails-midway/example.ts';
import { fastapilike } from './fastapilike/example.ts';
import { flasklike } from './flasklike/example.ts';
import { forgetsStart } from './forgets-start/example.ts';
import { form } from './form/example.ts';
import { helloAsgi } from './hello-asgi/example.ts';
import { helloWsgi } from './hello-wsgi/example.ts';
import { mounting } from './mounting/example.ts';
import { pythonAsgi } from './python-asgi/example.ts';
import { pythonByHand } from './python-by-hand/example.ts';
import { pythonDispatcher } from './python-dispatcher/example.ts';
import { pythonEnviron } from './python-environ/example.ts';
import { pythonFlask } from './python-flask/example.ts';
import { pythonFourServers } from './python-four-servers/example.ts';
import { pythonServers } from './python-servers/example.ts';
import { pythonSockets } from './python-sockets/example.ts';
import { pythonStarlette } from './python-starlette/example.ts';
import { pythonWsgi } from './python-wsgi/example.ts';
import { streaming } from './streaming/example.ts';
import { webSocket } from './websocket/example.ts';
import { counter } from './counter/example.ts';
import { echo } from './echo/example.ts';
import { httpClient } from './http-client/example.ts';
import { keepAlive } from './keep-alive/example.ts';
import { plainText } from './plain-text/example.ts';
import { sameBytes } from './same-bytes/example.ts';
import { slowClient } from './slow-client/example.ts';
import { stuck } from './stuck/example.ts';
import { syncAsync } from './sync-async/example.ts';
import { wsgiByHand } from './wsgi-by-hand/example.ts';

const described: readonly ExampleDescription[] = [
  helloWsgi, environ, form, streaming,
  helloAsgi, asgiBody, webSocket, chat,
  mounting,
  flasklike, fastapilike,
  pythonWsgi, pythonEnviron, pythonAsgi, pythonFlask, pythonDispatcher, pythonStarlette, pythonSockets, pythonByHand, pythonServers, pythonFourServers,
  failsBeforeStart, failsMidway, forgetsStart,
  echo, plainText, httpClient, wsgiByHand, sameBytes,
  counter, stuck, syncAsync, slowClient, keepAlive,
];

/** Every example, grouped as `exampleGroups` says. */
export const examples: readonly Example[] = described.map((description) => ({ ...description, files: exampleFiles[description.id] ?? {} }));

/** The example of that name, or undefined. */
export const findExample = (id: string): Example | undefined => examples.find((example) => example.id === id);

export { exampleGroups, exampleSnippet } from './example.ts';
export type { Claim, Example, ExampleGroup, ExampleProgram, ExampleRequest } from './example.ts';
