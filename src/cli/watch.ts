/** How something is watched; all that takes time is given. */
export interface Watching<State> {
  look(): Promise<State>;
  /** What makes one state another; the passing of time alone should not. */
  essence(state: State): unknown;
  ended(state: State): boolean;
  /** Every round, for a screen that is redrawn. */
  onRound?(state: State): void;
  /** The first state and every other one, but for the last. */
  onChange?(state: State): void;
  /** Until the next round. */
  pause(): Promise<void>;
}

/** Looks again and again until it has ended, and gives the last state. */
export async function watch<State>(watching: Watching<State>): Promise<State> {
  let shown: string | undefined;
  for (;;) {
    const state = await watching.look();
    if (watching.ended(state)) return state;
    watching.onRound?.(state);
    const essence = JSON.stringify(watching.essence(state));
    if (essence !== shown) watching.onChange?.(state);
    shown = essence;
    await watching.pause();
  }
}
