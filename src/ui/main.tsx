import './styles/main.css';
import type { Machine } from '../machine/types.ts';
import { boot } from './boot.tsx';

declare const __PORTHOLE_VERSION__: string;

/** The machine and what it needs, loaded once the page has been painted. */
async function loadMachine(): Promise<Machine> {
  const { startMachine } = await import('./start-machine.ts');
  return startMachine();
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
void boot({ root, machine: loadMachine, engine: __PORTHOLE_VERSION__ });
