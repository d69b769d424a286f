import '../styles/dialog-more.css';
import type { JSX } from 'preact';
import { lab, labRequest, type LabGroup, type LabRequest } from '../../playground/lab.ts';
import { later } from '../messages-later.ts';
import { useModel } from '../model.ts';
import { Dialog } from '../parts/dialog.tsx';

const m = later.lab;

/** Malformed requests to be taken and sent, each with the clause that refuses it. */
export function LabDialog(props: { readonly onClose: () => void }): JSX.Element {
  const { dispatch } = useModel();
  const groups = [...new Set(lab.map(({ group }) => group))];
  const take = (request: LabRequest): void => {
    dispatch({ type: 'request/add', requests: [labRequest(request, m.lessons[request.id][0])] });
    dispatch({ type: 'view/request-tab', tab: 'raw' });
    props.onClose();
  };
  return (
    <Dialog title={m.title} class="wide" onClose={props.onClose}>
      <p class="explain">{m.explain}</p>
      {groups.map((group) => <Group key={group} group={group} onTake={take} />)}
    </Dialog>
  );
}

function Group(props: { readonly group: LabGroup; readonly onTake: (request: LabRequest) => void }): JSX.Element {
  const { group, onTake } = props;
  return (
    <section class="lab-group" aria-label={m.groups[group]}>
      <h3>{m.groups[group]}</h3>
      <ul>
        {lab.filter((request) => request.group === group).map((request) => {
          const [title, sentence] = m.lessons[request.id];
          return (
            <li key={request.id}>
              <button type="button" onClick={() => onTake(request)}>
                <strong>{title}</strong>
                <span>{sentence}</span>
                <span class="lab-end"><span class="note">{m.answered(request.status)}</span> <span class="clause">{request.clause}</span></span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
