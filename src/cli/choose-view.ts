import { createPlainView } from '../views/plain-view.js';
import { createSilentView } from '../views/silent-view.js';
import type { View } from '../views/view.js';

export interface ViewChoice {
  /** `--json` or `--quiet`. */
  readonly silent: boolean;
  /** NO_COLOR is fine on a terminal; a terminal that cannot redraw is not. */
  readonly redraws: boolean;
}

/** A terminal is drawn on, a pipe gets lines, `--json` and `--quiet` nothing. listr2 is loaded only to draw. */
export async function chooseView({ silent, redraws }: ViewChoice): Promise<View> {
  const write = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  if (silent) return createSilentView(write);
  if (redraws) {
    const { createListrView } = await import('../views/listr-view.js');
    return createListrView();
  }
  return createPlainView(write, { every, monotonicMs: () => performance.now() });
}

function every(ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms).unref();
  return () => clearInterval(timer);
}
