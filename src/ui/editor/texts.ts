/** What the editor says, to eyes and to screen readers. The page's catalogue of messages supplies it. */
export interface EditorTexts {
  /** Accessible name of the text box. */
  readonly name: string;
  /** How to get out of a text box in which Tab indents. */
  readonly tabHint: string;
  /** Name of the list of markers. */
  readonly problems: string;
  /** One marker. Line from 1. */
  readonly problem: (severity: 'error' | 'warning' | 'info', line: number, message: string) => string;
}
