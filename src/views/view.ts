import type { EventSink } from '../pipeline/events.js';

/** Shows a run while it goes on. Knows events and nothing else. */
export interface View {
  readonly sink: EventSink;
  /** A line that must be seen at once, such as what Ctrl-C does. */
  say(line: string): void;
  /** Leaves the screen to others. Resolves when all is drawn. Safe to call twice. */
  close(): Promise<void>;
}

/** Writes one line, without its line break. */
export type WriteLine = (line: string) => void;
