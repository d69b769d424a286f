import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { factEvent, stateFact } from '../../../src/trace/facts.ts';
import { clientTransitions, couplings, serverTransitions, type State } from '../../../src/core/http1/states.ts';

const machines = { client: clientTransitions, server: serverTransitions } as const;

/** Every pair of states, with every answer to the two questions that couplings ask. */
function* situations(): Generator<{ readonly client: State; readonly server: State; readonly persistent: boolean; readonly offered: boolean }> {
  for (const client of Object.keys(clientTransitions) as State[]) {
    for (const server of Object.keys(serverTransitions) as State[]) {
      for (const persistent of [true, false]) for (const offered of [true, false]) yield { client, server, persistent, offered };
    }
  }
}

describe('the state tables', () => {
  test.each(['client', 'server'] as const)('%s: every state is reached from IDLE, by its own moves or a coupling', (role) => {
    const reached = new Set<State>(['IDLE']);
    for (let before = 0; before !== reached.size; ) {
      before = reached.size;
      for (const state of [...reached]) {
        for (const to of Object.values((machines[role] as Partial<Record<State, object>>)[state] ?? {})) reached.add(to as State);
        for (const coupling of couplings) if (coupling.move === role && coupling[role] === state) reached.add(coupling.to);
      }
    }
    expect([...reached].sort()).toEqual(Object.keys(machines[role]).sort());
  });

  test('couplings come to an end from every pair of states', () => {
    for (const start of situations()) {
      const now = { ...start };
      let moves = 0;
      for (let i = 0; i < couplings.length; i += 1) {
        const { client, server, when, move, to } = couplings[i]!;
        const holds = when === 'always' || (when === 'not persistent' ? !now.persistent : now.offered);
        if ((client !== undefined && client !== now.client) || (server !== undefined && server !== now.server) || !holds) continue;
        now[move] = to;
        moves += 1;
        i = -1;
        expect(moves, JSON.stringify(start)).toBeLessThan(8);
      }
    }
  });

  test('a side that has ended stays so', () => {
    for (const table of Object.values(machines)) {
      expect(Object.values(table.CLOSED).every((to) => to === 'CLOSED' || to === 'ERROR')).toBe(true);
      expect(Object.values(table.ERROR)).toEqual(['ERROR']);
      expect(Object.values(table.SWITCHED)).toEqual([]);
    }
    expect(couplings.some(({ move, client, server }) => ['CLOSED', 'ERROR', 'SWITCHED'].includes((move === 'client' ? client : server) ?? ''))).toBe(false);
  });

  test('every state and cause has a number in the trace, and comes back from it', () => {
    const causes = new Set([...couplings.map(({ cause }) => cause), 'next cycle', 'open']);
    for (const [role, table] of Object.entries(machines)) {
      for (const [from, moves] of Object.entries(table)) for (const cause of [...causes, ...Object.keys(moves)]) {
        const { code, states, cause: number } = stateFact(role as 'client' | 'server', from, 'ERROR', cause);
        expect(factEvent(code, 1, 2, states, number)).toEqual({ type: 'http.state', connection: 1, exchange: 2, role, from, to: 'ERROR', cause });
      }
    }
  });

  test('the diagrams in docs/ are those of the tables', () => {
    const root = fileURLToPath(new URL('../../../', import.meta.url));
    expect(() => execFileSync(process.execPath, ['--import', 'tsx', 'scripts/diagrams.ts', '--check'], { cwd: root, stdio: 'pipe' })).not.toThrow();
  });
});
