/** The page over the fake machine, for looking at it: `npm run dev`, then `/test/ui/harness.html?throws`. */
import '../../src/ui/styles/main.css';
import { boot } from '../../src/ui/boot.tsx';
import { FakeMachine, type FakeAnswer } from '../helpers/fake-machine.ts';

const wanted = new URLSearchParams(location.search);
const html = '<!doctype html><title>Shop</title><h1 style="font-family: Georgia">Shop</h1><p>Two items. <a href="/cart">Cart</a></p>';
const answers: Readonly<Record<string, FakeAnswer>> = {
  throws: { throws: "Cannot read properties of undefined (reading 'length')" },
  refuse: { refuseAt: 24 },
  hang: { hang: true },
  html: { headers: [['Content-Type', 'text/html; charset=utf-8'], ['Set-Cookie', 'id=1; Path=/']], pieces: [html.slice(0, 40), html.slice(40)] },
  json: { headers: [['Content-Type', 'application/json']], pieces: ['{"items":[{"id":1,"name":"anchor"},', '{"id":2,"name":"rope"}],"total":2}'] },
};
const machine = new FakeMachine(() => answers[wanted.keys().next().value ?? ''] ?? {});
const root = document.getElementById('root');
if (root) void boot({ root, machine: () => Promise.resolve(machine), engine: '0.0.0' }).then((model) => Object.assign(window, { model, machine }));
