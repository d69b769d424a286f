import '../styles/machine.css';
import type { JSX } from 'preact';
import { ConnectionsSection } from './connections.tsx';
import { LoadSection } from './load-section.tsx';
import { NetworkSection } from './network-section.tsx';
import { PackagesSection } from './packages-section.tsx';
import { ProcessesSection } from './processes.tsx';

/** The small computer on which the snippet runs: its processes, what they can take, and the network between them. */
export function MachineView(): JSX.Element {
  return (
    <div class="machine-view">
      <ProcessesSection />
      <LoadSection />
      <PackagesSection />
      <NetworkSection />
      <ConnectionsSection />
    </div>
  );
}
