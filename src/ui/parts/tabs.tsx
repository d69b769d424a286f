import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** One tab. `panel` ids are derived from `id`, so both must be unique in the page. */
export interface Tab<Name extends string> {
  readonly name: Name;
  readonly label: string;
  /** A small number or mark after the label; not part of the accessible name. */
  readonly badge?: ComponentChildren;
  /** What is behind the tab differs from what is usual: a dot after the label. */
  readonly marked?: boolean;
}

export const tabId = (group: string, name: string): string => `${group}-tab-${name}`;
export const panelId = (group: string, name: string): string => `${group}-panel-${name}`;

/** The ARIA tabs pattern with automatic activation: arrow keys move and select, Home and End go to the ends. */
export function TabList<Name extends string>(props: {
  readonly group: string;
  readonly label: string;
  readonly tabs: readonly Tab<Name>[];
  readonly current: Name;
  readonly onSelect: (name: Name) => void;
}): JSX.Element {
  const { group, label, tabs, current, onSelect } = props;
  const list = useRef<HTMLDivElement>(null);
  // On a narrow screen not all of them fit; and when the area is shown that they are in, they get their width.
  useEffect(() => {
    const box = list.current!;
    const observer = new ResizeObserver(() => {
      box.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, [current]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = tabs.findIndex((tab) => tab.name === current);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step ? (at + step + tabs.length) % tabs.length : event.key === 'Home' ? 0 : event.key === 'End' ? tabs.length - 1 : -1;
    const tab = tabs[next];
    if (!tab) return;
    event.preventDefault();
    onSelect(tab.name);
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab.name}
          type="button"
          role="tab"
          class="tab"
          id={tabId(group, tab.name)}
          aria-label={tab.badge === undefined ? undefined : tab.label}
          aria-selected={tab.name === current}
          aria-controls={tab.name === current ? panelId(group, tab.name) : undefined}
          tabIndex={tab.name === current ? 0 : -1}
          onClick={() => onSelect(tab.name)}
        >
          {tab.label}
          {tab.marked && <span class="tab-dot" aria-hidden="true" />}
          {tab.badge !== undefined && <span class="tab-badge" aria-hidden="true">{tab.badge}</span>}
        </button>
      ))}
    </div>
  );
}

/** What a tab shows. Takes focus itself only where its content has nothing that does. */
export function TabPanel(props: { readonly group: string; readonly name: string; readonly class?: string; readonly focusable?: boolean; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class={`tab-panel ${props.class ?? ''}`} role="tabpanel" id={panelId(props.group, props.name)} aria-labelledby={tabId(props.group, props.name)} tabIndex={props.focusable ? 0 : undefined}>
      {props.children}
    </div>
  );
}
