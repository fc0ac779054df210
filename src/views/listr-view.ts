import { DefaultRenderer, Listr, ListrLogger, ProcessOutput, type ListrTaskWrapper } from 'listr2';
import type { PipelineEvent, StepLabel } from '../pipeline/events.js';
import { describeEvent } from './event-text.js';
import { printable } from './printable.js';
import { ProgressBoard } from './progress-board.js';
import { formatDuration } from './quantity.js';
import type { View } from './view.js';

/** listr2 looks at stdout to see whether it may draw; this view draws on stderr, which is a terminal. */
class StderrRenderer extends DefaultRenderer {
  static override nonTTY = true;
}

type Task = ListrTaskWrapper<object, typeof StderrRenderer, typeof StderrRenderer>;

const activeLines = 6;

/** Steps with their state, redrawn in place on the terminal that stderr is. The engine leads; each task waits for it. */
export function createListrView(): View {
  const view = new ListrView();
  return {
    sink: (event) => view.show(event),
    say: (line) => view.say(line),
    close: () => view.close(),
  };
}

class ListrView {
  readonly #rows = new Map<string, StepRow>();
  #drawing: Promise<void> | undefined;
  #said: string | undefined;

  show(event: PipelineEvent): void {
    if (event.type === 'run-started') this.start(event.steps);
    else if (event.type === 'run-finished') this.finish();
    else if (event.type === 'notification-failed') this.say(describeEvent(event) ?? '');
    else if ('step' in event) this.#rows.get(event.step)?.show(event, this.#said);
  }

  say(line: string): void {
    if (this.#drawing === undefined) {
      process.stderr.write(`${line}\n`);
      return;
    }
    this.#said = line;
    for (const row of this.#rows.values()) row.draw(line);
  }

  async close(): Promise<void> {
    this.finish();
    await this.#drawing;
    this.#drawing = undefined;
  }

  private start(steps: readonly StepLabel[]): void {
    for (const [index, step] of steps.entries()) {
      this.#rows.set(step.id, new StepRow(`${index + 1}/${steps.length} ${printable(step.title)}`));
    }
    const processOutput = new ProcessOutput(process.stderr, process.stderr);
    const list = new Listr<object, typeof StderrRenderer, typeof StderrRenderer>(
      [...this.#rows.values()].map((row) => ({ title: row.title, task: (_, task) => row.attach(task) })),
      {
        renderer: StderrRenderer,
        concurrent: false,
        exitOnError: true,
        registerSignalListeners: false,
        rendererOptions: {
          collapseErrors: false,
          logger: new ListrLogger({ useIcons: true, toStderr: [], processOutput }),
        },
      },
    );
    // The error of a step is shown by the command; here it only stops the drawing.
    this.#drawing = list.run().then(
      () => undefined,
      () => undefined,
    );
  }

  /** Ends whatever task is still waited for: the run is over. */
  private finish(): void {
    for (const row of this.#rows.values()) row.stop('not finished');
  }
}

type StepEvent = Extract<PipelineEvent, { step: string }>;

/** One step on the screen. */
class StepRow {
  readonly #board = new ProgressBoard();
  readonly #ended: Promise<void>;
  #resolve: () => void = () => undefined;
  #reject: (reason: Error) => void = () => undefined;
  #task: Task | undefined;
  #over = false;
  #line = '';
  #suffix = '';

  constructor(readonly title: string) {
    this.#ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A step that never got its turn is not waited for by anybody.
    this.#ended.catch(() => undefined);
  }

  attach(task: Task): Promise<void> {
    this.#task = task;
    if (!this.#over) this.draw(undefined);
    task.title = this.titleNow();
    return this.#ended;
  }

  show(event: StepEvent, said: string | undefined): void {
    if (event.type === 'step-progressed') this.#board.record(event);
    else if (event.type !== 'step-started') this.#line = describeEvent(event) ?? '';
    if (event.type === 'step-finished') this.end(formatDuration(event.ms));
    else if (event.type === 'step-adopted') this.end('stands already');
    else if (event.type === 'undo-finished') this.end('taken back');
    else if (event.type === 'step-failed') this.stop(`${printable(event.message)} (${event.code})`);
    else this.draw(said);
  }

  draw(said: string | undefined): void {
    // listr2 frees what it needs for the output of a task as soon as that has ended.
    if (this.#task === undefined || this.#over) return;
    const lines = [...this.#board.describeActive(activeLines), this.#line, said ?? ''].filter(
      (line) => line !== '',
    );
    this.#task.output = lines.join('\n');
  }

  stop(reason: string): void {
    this.#over = true;
    this.#reject(new Error(reason));
  }

  private end(suffix: string): void {
    this.#over = true;
    this.#suffix = suffix;
    if (this.#task !== undefined) this.#task.title = this.titleNow();
    this.#resolve();
  }

  private titleNow(): string {
    return this.#suffix === '' ? this.title : `${this.title}  ${this.#suffix}`;
  }
}
