/** What the editor offers to write runs as it is. */
import { beforeAll, describe, expect, test } from 'vitest';
import { pythonTemplates, templateText } from '../../src/ui/editor/python-templates.ts';
import { bodyText, only, Served, TestPython } from '../helpers/python.ts';

let python: TestPython;
beforeAll(async () => void (python = await TestPython.start()), 120_000);

const text = (label: string): string => templateText(pythonTemplates.find((template) => template.label === label)!.body);
const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

test.each(pythonTemplates)('$label is Python', ({ body }) => {
  python.python.pyodide.runPython(`compile(${JSON.stringify(templateText(body))}, 'template', 'exec')`);
});

describe.each([
  ['wsgi', text('wsgi')],
  ['asgi', text('asgi')],
  ['wsgimiddleware', `${text('wsgi')}\n\n${text('wsgimiddleware')}\napp = Middleware(app)\n`],
])('%s', (_, source) => {
  test('answers, and neither judge has anything to say', async () => {
    const served = await Served.start(python.load({ 'app.py': source }), { validate: true });
    const { responses, events } = await served.ask(get);
    await served.stop();
    expect(bodyText(responses[0])).toBe('Hello\n');
    expect([...only(events, 'app.violation'), ...only(events, 'app.error')]).toEqual([]);
  });
});

test('lifespan starts and stops', async () => {
  const served = await Served.start(python.load({ 'app.py': `${text('lifespan')}\n\n${text('asgi')}`.replace("    assert scope['type'] == 'http'", "    if scope['type'] == 'lifespan': return await lifespan(scope, receive, send)") }), { validate: true });
  expect(bodyText((await served.ask(get)).responses[0])).toBe('Hello\n');
  await served.stop();
  expect(python.output()).toEqual(['up', 'down']);
});
