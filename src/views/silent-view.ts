import type { View, WriteLine } from './view.js';

/** Nothing but what must be said: for `--json` and `--quiet`. */
export function createSilentView(write: WriteLine): View {
  return { sink: () => undefined, say: write, close: () => Promise.resolve() };
}
