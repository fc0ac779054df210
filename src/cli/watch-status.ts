import type { Outcome } from './base-command.js';
import type { StatusResult } from './result-schemas.js';
import { watch } from './watch.js';
import { createRedraw, renderChange, type Screen } from '../views/status-watch.js';

export interface StatusWatching {
  look(): Promise<StatusResult>;
  toOutcome(result: StatusResult): Outcome<StatusResult>;
  /** Prints one outcome before the last. */
  show(outcome: Outcome<StatusResult>): void;
  /** A terminal that is drawn on; undefined for a pipe and for JSON. */
  readonly screen: Screen | undefined;
  readonly json: boolean;
  readonly now: () => Date;
  pause(): Promise<void>;
}

/** Shows a run until nobody works on it, and gives the last outcome, for the command to show like any other. */
export async function watchStatus({
  look,
  toOutcome,
  show,
  screen,
  json,
  now,
  pause,
}: StatusWatching): Promise<Outcome<StatusResult>> {
  const redraw = screen === undefined ? undefined : createRedraw(screen);
  const line = (result: StatusResult): Outcome<StatusResult> => ({
    ...toOutcome(result),
    text: () => renderChange(result, now()),
  });
  const last = await watch<StatusResult>({
    ...{ look, pause, essence: json ? essenceOf : textOf, ended: ({ state }) => state !== 'running' },
    ...(redraw === undefined
      ? { onChange: (result) => show(line(result)) }
      : { onRound: (result) => redraw(toOutcome(result).text()) }),
  });
  redraw?.('');
  return redraw !== undefined || json ? toOutcome(last) : line(last);
}

/** Time passes, money is spent and records are written without anything having changed. */
function essenceOf(status: StatusResult): unknown {
  const { timeLeft: _left, cost: _cost, lastAt: _at, sequence: _seq, ...rest } = status;
  return rest;
}

/** No two lines that follow one another say the same. */
function textOf(status: StatusResult): string {
  return renderChange({ ...status, timeLeft: null }, new Date(0));
}
