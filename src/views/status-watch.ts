import { printable } from './printable.js';
import { describeTimeLeft, type StatusRows } from './status-table.js';

/** A change in one line, for logs: when, how far, what is at work and what AWS says of it. */
export function renderChange(status: StatusRows, at: Date): string {
  const working = status.stepStates.filter(({ state }) => state === 'started' || state === 'undo-started');
  const failed = status.stepStates.filter(({ state }) => state === 'failed' || state === 'undo-failed');
  const seen = working.flatMap(({ observed }) => Object.entries(observed).map((pair) => pair.join(' ')));
  const parts = [
    `${status.run} ${status.state}, ${String(status.stepsDone)} of ${String(status.steps)} steps done`,
    ...working.map(({ id, title }) => `${id}: ${title}`),
    ...seen,
    ...failed.map(({ id, error }) => `${id} failed: ${error?.code ?? ''}`),
    ...(status.live ?? []).map(({ resource, status: word }) => `${resource} ${word}`),
    ...describeTimeLeft(status.timeLeft).map((left) => `${left} left`),
  ];
  return printable(`${at.toISOString().slice(0, 19)}Z ${parts.join('; ')}`);
}

export interface Screen {
  readonly rows: number;
  write(text: string): void;
}

/** Draws over what it drew before, from the top; what does not fit is left out below, with a remark. */
export function createRedraw(screen: Screen): (text: string) => void {
  let first = true;
  return (text) => {
    const lines = text.split('\n');
    const fits = Math.max(1, screen.rows - 2);
    const shown =
      lines.length <= fits ? lines : [...lines.slice(0, fits), `… ${String(lines.length - fits)} lines more`];
    // Home, then each line with what is left of the old one erased, then all below.
    const drawn = shown.map((line) => `${line}\u001b[K\n`).join('');
    screen.write(`${first ? '\u001b[2J' : ''}\u001b[H${drawn}\u001b[J`);
    first = false;
  };
}
