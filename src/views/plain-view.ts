import type { PipelineEvent } from '../pipeline/events.js';
import { describeEvent } from './event-text.js';
import { ProgressBoard } from './progress-board.js';
import type { View, WriteLine } from './view.js';

export interface PlainViewOptions {
  /** Calls `tick` again and again; returns what stops it. Tests tick by hand. */
  readonly every: (ms: number, tick: () => void) => () => void;
  /** Milliseconds that only ever rise. */
  readonly monotonicMs: () => number;
}

/** Progress of a step is worth a line this often. */
const progressMs = 10_000;
/** Silence this long is broken, so that nobody thinks the tool hangs and no CI kills it. */
const heartbeatMs = 60_000;

/** One line an event, for pipes and logs: time, elapsed time, step, words. No colour, nothing redrawn. */
export function createPlainView(write: WriteLine, options: PlainViewOptions): View {
  const view = new PlainView(write, options);
  const stop = options.every(heartbeatMs / 4, () => view.tick());
  return {
    sink: (event) => view.show(event),
    say: write,
    close: () => Promise.resolve(stop()),
  };
}

class PlainView {
  readonly #boards = new Map<string, ProgressBoard>();
  readonly #progressShown = new Map<string, number>();
  #current: string | undefined;
  #startedMs: number;
  #lastLineMs: number;

  constructor(
    private readonly write: WriteLine,
    private readonly options: PlainViewOptions,
  ) {
    this.#startedMs = options.monotonicMs();
    this.#lastLineMs = this.#startedMs;
  }

  show(event: PipelineEvent): void {
    if (event.type === 'run-started') this.#startedMs = this.options.monotonicMs() - event.elapsedMs;
    if (event.type === 'step-started' || event.type === 'undo-started') this.#current = event.step;
    const text = event.type === 'step-progressed' ? this.describeProgress(event) : describeEvent(event);
    if (text !== undefined) this.line(event, 'step' in event ? `${event.step}: ${text}` : text);
    if (event.type === 'run-finished') this.#current = undefined;
  }

  /** Says that work goes on when nothing was said for long. */
  tick(): void {
    const now = this.options.monotonicMs();
    if (this.#current === undefined || now - this.#lastLineMs < heartbeatMs) return;
    const doing = this.#boards.get(this.#current)?.describeActive(1)[0];
    this.#lastLineMs = now;
    const elapsed = formatElapsed(now - this.#startedMs);
    this.write(`${elapsed} ${this.#current}: still at work${doing === undefined ? '' : `, ${doing}`}`);
  }

  private describeProgress(event: Extract<PipelineEvent, { type: 'step-progressed' }>): string | undefined {
    const board = this.#boards.get(event.step) ?? new ProgressBoard();
    this.#boards.set(event.step, board);
    const news = board.record(event);
    const lastMs = this.#progressShown.get(event.step) ?? -progressMs;
    if (news === 'known' || (news === 'under-way' && event.elapsedMs - lastMs < progressMs)) return undefined;
    if (news === 'under-way') this.#progressShown.set(event.step, event.elapsedMs);
    return board.describe(event.progress.item);
  }

  private line(event: PipelineEvent, text: string): void {
    this.#lastLineMs = this.options.monotonicMs();
    this.write(`${event.at.slice(0, 19)}Z ${formatElapsed(event.elapsedMs)} ${text}`);
  }
}

/** `+1:02:03` or `+02:03`. */
function formatElapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0'));
  const hours = Math.floor(seconds / 3600);
  return `+${hours > 0 ? `${hours}:` : ''}${parts.join(':')}`;
}
