const encoder = new TextEncoder();
const body = encoder.encode('Hello, world!');
const headers = [[encoder.encode('content-type'), encoder.encode('text/plain')], [encoder.encode('content-length'), encoder.encode('13')]];

export const app = async (scope, receive, send) => {
  if (scope.method === 'POST') for (let more = true; more; ) more = (await receive()).more_body === true;
  await send({ type: 'http.response.start', status: 200, headers });
  await send({ type: 'http.response.body', body, more_body: false });
};
