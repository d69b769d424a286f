import './styles/main.css';
import { boot } from './boot.tsx';

declare const __PORTHOLE_VERSION__: string;

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
void boot({
  root,
  // The machine and what it needs come once the page has been painted.
  machine: async () => (await import('./start-machine.ts')).startMachine(),
  engine: __PORTHOLE_VERSION__,
  // `embed.html` says so.
  embedded: root.dataset['embedded'] !== undefined,
});
