import '../styles/machine.css';
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { ProgramStatus } from '../../machine/program-types.ts';
import { programsNow, terminalPieces } from '../../playground/terminals.ts';
import { eventId } from '../../playground/trace-log.ts';
import { Icon } from '../icons.tsx';
import { tMachine } from '../messages-machine.ts';
import { useModel } from '../model.ts';
import { SiteLink } from '../trace/site-link.tsx';

const m = tMachine.terminals;
/** Pieces drawn of each program. */
const most = 500;

/** The programs of the snippet, each with what it writes, what it is given to read, and how it ended. */
export function TerminalsView(): JSX.Element {
  const { snippet, machine } = useModel();
  const programs = programsNow(snippet.value, machine.value.programs);
  return (
    <div class="terminals">
      {!snippet.value.programs && <p class="note terminals-note">{m.only}</p>}
      {programs.map((program) => <Terminal key={program.name} program={program} />)}
    </div>
  );
}

const isAlive = ({ state }: ProgramStatus): boolean => state === 'starting' || state === 'running' || state === 'silent';

/** How a program is, in words. */
export function programState(program: ProgramStatus): string {
  if (program.state === 'exited' && program.names.length === 0) return tMachine.notStarted;
  if (program.exitCode !== undefined) return m.exit(program.exitCode);
  if (program.state === 'exited' && program.ending !== undefined) return program.ending;
  return tMachine.states[program.state];
}

function Terminal({ program }: { readonly program: ProgramStatus }): JSX.Element {
  const { session } = useModel();
  const { name, kind, state, listening, exitCode, problem } = program;
  const alive = isAlive(program);
  return (
    <section class="terminal" aria-label={m.name(name)} data-state={state} data-failed={problem || (exitCode ?? 0) !== 0 ? '' : undefined}>
      <header class="terminal-bar">
        <span class="status-dot" aria-hidden="true" />
        <h3 class="mono">{name}</h3>
        <span class="note">{tMachine.kinds[kind]}</span>
        <output class="terminal-state">{programState(program)}</output>
        {listening.length > 0 && <span class="note terminal-listening">{m.listening(listening)}</span>}
        <span class="terminal-actions">
          <button type="button" class="button quiet small" aria-label={m.runOne(name)} onClick={() => void session.startProgram(name)}><Icon name={alive ? 'reload' : 'play'} />{m.run}</button>
          <button type="button" class="button quiet small" aria-label={m.stopOne(name)} disabled={!alive} onClick={() => void session.endProgram(name)}><Icon name="stop" />{m.stop}</button>
        </span>
      </header>
      <Output program={program} />
      {kind === 'script' && <Input name={name} disabled={!alive} />}
    </section>
  );
}

function Output({ program }: { readonly program: ProgramStatus }): JSX.Element {
  const { state, calmVersion, dispatch, selected } = useModel();
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const trace = useComputed(() => state.value.trace);
  const names = program.names.join(' ');
  const pieces = useComputed(() => {
    void calmVersion.value;
    return terminalPieces(trace.value, names === '' ? [] : names.split(' '), most);
  });
  useSignalEffect(() => {
    void pieces.value;
    window.requestAnimationFrame(() => {
      if (atEnd.current && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
    });
  });
  return (
    <div class="terminal-output mono" ref={scroller} role="log" aria-label={m.output(program.name)} tabIndex={0}
      onScroll={(event) => { const box = event.currentTarget; atEnd.current = box.scrollTop + box.clientHeight >= box.scrollHeight - 8; }}>
      {pieces.value.length === most && <div class="note">{m.earlier}</div>}
      {pieces.value.length === 0 && <div class="note">{program.names.length > 0 ? m.silent : ''}</div>}
      {pieces.value.map((piece) => (
        <>
          {piece.again && <div key={`again-${eventId(piece.event)}`} class="terminal-again note">{m.again}</div>}
          <span key={eventId(piece.event)} class={`terminal-text${selected.value?.events.has(piece.event) ? ' linked' : ''}`} data-stream={piece.stream} data-level={piece.event.level}
            onClick={() => dispatch({ type: 'select', selection: { kind: 'event', id: eventId(piece.event) } })}>
            {piece.text}{piece.partial ? '' : '\n'}
          </span>
        </>
      ))}
      {program.problem && (
        <div class="terminal-problem">
          <strong>{program.problem.name}</strong>: {program.problem.message} {program.problem.site && <SiteLink site={program.problem.site} />}
          {program.problem.advice !== '' && <p class="note">{program.problem.advice}</p>}
        </div>
      )}
    </div>
  );
}

/** A line at a time, as a terminal gives it; Ctrl+D ends it, Ctrl+C interrupts the program. */
function Input({ name, disabled }: { readonly name: string; readonly disabled: boolean }): JSX.Element {
  const { session } = useModel();
  const line = useSignal('');
  return (
    <form class="terminal-input" onSubmit={(event) => {
      event.preventDefault();
      void session.input(name, line.value);
      line.value = '';
    }}>
      <span class="terminal-prompt" aria-hidden="true">›</span>
      <input class="field mono" aria-label={m.input(name)} placeholder={m.inputHint} value={line.value} disabled={disabled} spellcheck={false} autocomplete="off"
        onInput={(event) => { line.value = event.currentTarget.value; }}
        onKeyDown={(event) => {
          if (!event.ctrlKey || event.shiftKey || event.altKey || event.metaKey) return;
          const { selectionStart, selectionEnd } = event.currentTarget;
          if (event.key === 'd' && line.value === '') void session.input(name, undefined);
          // With a selection it copies.
          else if (event.key === 'c' && selectionStart === selectionEnd) {
            void session.interrupt(name);
            line.value = '';
          } else return;
          event.preventDefault();
        }} />
      <button type="button" class="button quiet small" title={m.interruptHint} aria-label={m.interruptOne(name)} disabled={disabled} onClick={() => void session.interrupt(name)}>{m.interrupt}</button>
      <button type="button" class="button quiet small" title={m.endHint} disabled={disabled} onClick={() => void session.input(name, undefined)}>{m.end}</button>
    </form>
  );
}
