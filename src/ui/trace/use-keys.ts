import { useModel } from '../model.ts';

/** Pointing at and selecting keys of the exchange in focus, for the views that show them. */
export interface Keys {
  /** The key that is selected itself; '' where none is. */
  readonly current: string;
  /** Classes of a row that shows this key. */
  readonly classOf: (key: string) => string;
  readonly hover: (key: string) => void;
  readonly pick: (key: string) => void;
}

/** To be called while rendering: it reads what is selected and what is pointed at. */
export function useKeys(): Keys {
  const { exchange, selected, hovered, selection, dispatch } = useModel();
  const now = exchange.value;
  const at = { connection: now?.connection ?? 0, exchange: now?.number ?? 0 };
  const current = selection.value?.kind === 'key' ? selection.value.key : '';
  return {
    current,
    classOf: (key) => [selected.value?.keys.has(key) ? 'linked' : '', hovered.value?.keys.has(key) ? 'hovered' : '', key === current ? 'current' : ''].filter(Boolean).join(' '),
    hover: (key) => dispatch({ type: 'hover', selection: { kind: 'key', ...at, key } }),
    pick: (key) => dispatch({ type: 'select', selection: { kind: 'key', ...at, key } }),
  };
}
