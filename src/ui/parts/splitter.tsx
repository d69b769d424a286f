import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';

/** How small and how large the first area may become, in percent. */
const least = 15;
const most = 85;
const clamp = (value: number): number => Math.min(most, Math.max(least, value));

/**
 * A border between two areas that can be moved: by pointer, by arrow keys, back to the beginning by double click or Enter.
 * `value` is the share of the first area in percent of the element that holds both.
 */
export function Splitter(props: { readonly value: Signal<number>; readonly initial: number; readonly orientation: 'vertical' | 'horizontal'; readonly label: string; readonly controls: string }): JSX.Element {
  const { value, initial, orientation, label, controls } = props;
  const bar = useRef<HTMLDivElement>(null);
  const move = (event: PointerEvent): void => {
    const box = bar.current?.parentElement?.getBoundingClientRect();
    if (!box) return;
    const share = orientation === 'vertical' ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height;
    value.value = clamp(Math.round(share * 1000) / 10);
  };
  const onPointerDown = (event: PointerEvent): void => {
    const target = event.currentTarget as HTMLElement;
    event.preventDefault();
    target.setPointerCapture(event.pointerId);
    target.dataset['dragging'] = '';
    const release = (): void => {
      delete target.dataset['dragging'];
      target.removeEventListener('pointermove', move);
    };
    target.addEventListener('pointermove', move);
    target.addEventListener('pointerup', release, { once: true });
    target.addEventListener('pointercancel', release, { once: true });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.shiftKey ? 10 : 2;
    const [less, more] = orientation === 'vertical' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    const next = { [less as string]: value.value - step, [more as string]: value.value + step, Home: least, End: most, Enter: initial }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    value.value = clamp(next);
  };
  return (
    <div
      class={`splitter splitter-${orientation}`}
      ref={bar}
      role="separator"
      tabIndex={0}
      aria-orientation={orientation}
      aria-label={label}
      aria-controls={controls}
      aria-valuenow={Math.round(value.value)}
      aria-valuemin={least}
      aria-valuemax={most}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDblClick={() => { value.value = initial; }}
    />
  );
}
