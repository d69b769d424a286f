import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../icons.tsx';
import { t } from '../messages.ts';

/** A modal dialog on the platform's own `<dialog>`: focus stays inside, Escape and a click outside close it, focus returns. */
export function Dialog(props: { readonly title: string; readonly class?: string; readonly onClose: () => void; readonly children: ComponentChildren }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      class={`dialog ${props.class ?? ''}`}
      ref={dialog}
      aria-labelledby="dialog-title"
      // The event comes a task after it has closed: if the page has taken it away meanwhile, it must not close the dialog that was opened next.
      onClose={(event) => { if (event.currentTarget.isConnected) props.onClose(); }}
      onClick={(event) => { if (event.target === dialog.current) props.onClose(); }}
    >
      <div class="dialog-box">
        <div class="dialog-head">
          <h2 id="dialog-title">{props.title}</h2>
          <button type="button" class="button quiet square" aria-label={t.common.close} onClick={props.onClose}><Icon name="close" /></button>
        </div>
        {props.children}
      </div>
    </dialog>
  );
}
