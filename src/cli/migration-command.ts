import { basename } from 'node:path';
import type { Config } from '../config/schema.js';
import type { EventSink } from '../pipeline/events.js';
import type { FreshChoices } from '../steps/refs.js';
import { BaseCommand } from './base-command.js';
import type { Question } from './confirm.js';
import type { Environment } from './environment.js';
import type { Aftermath } from './error-screen.js';
import type { Failure } from './failure.js';
import { configFlags, confirmFlags, viewFlags } from './flags.js';
import type { RunEvents } from './run-events.js';

/** All that a command on a migration has at hand; what composition needs to make the rest. */
export interface MigrationSession {
  readonly config: Config;
  /** The configuration before paths were made absolute: what the journal records and compares. */
  readonly written: Config;
  /** The folder of the configuration file. */
  readonly directory: string;
  /** The tool's folder, `.rds2aurora` beside the configuration file. */
  readonly root: string;
  readonly environment: Environment;
  readonly profile: string | undefined;
  /** What the user typed, for the lock and the journal: words and arguments, without the values of flags. */
  readonly command: string;
  /** The words of the command alone: `migrate snapshot`. */
  readonly words: string;
  readonly toolVersion: string;
  readonly now: () => Date;
  /** Aborted by Ctrl-C, with an InterruptedError. */
  readonly signal: AbortSignal;
  /** To the view on the screen and to the event files. */
  readonly emit: EventSink;
  /** A text for the person, beside the progress; nothing under `--json` and `--quiet`. */
  say(text: string): void;
  /** Only for a fresh start: what the command line chose. A run that stands has its own. */
  readonly fresh?: FreshChoices;
  /** Asks at the terminal, first calling `onAsk`, or takes `--yes` and `--confirm`. Throws ConfirmationError. */
  confirm(question: Question, onAsk?: () => void): Promise<void>;
  /** `work` is waited for when the outcome has been shown, for well or ill. Must not throw. */
  afterwards(work: () => Promise<void>): void;
}

/** The flags that every such command has; `parse` gives them beside the command's own. */
export interface MigrationFlags {
  readonly config?: string | undefined;
  readonly region?: string | undefined;
  readonly snapshot?: string | undefined;
  readonly engine?: string | undefined;
  readonly notify?: string | undefined;
  readonly profile?: string | undefined;
  readonly quiet?: boolean | undefined;
  readonly events?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly confirm?: readonly string[] | undefined;
  readonly confirmDataLoss?: string | undefined;
}

/**
 * Base of the commands that work on a migration: reads the configuration, chooses the view, listens for Ctrl-C, and
 * tells how things stand when it fails. A command parses its flags and calls `withSession`.
 */
export abstract class MigrationCommand<Result> extends BaseCommand<Result> {
  static override baseFlags = { ...configFlags, ...viewFlags, ...confirmFlags };

  #root: string | undefined;
  #events: RunEvents | undefined;
  readonly #afterwards: (() => Promise<void>)[] = [];
  /** Set by a command that knows its run before the first event, e.g. from its argument. */
  protected knownRun: string | undefined;
  /** The command that goes on where this one was stopped. */
  protected readonly goesOnWith: string = 'resume';

  /** Runs `work` with everything open, and closes it again whatever happens. */
  protected async withSession<T>(
    flags: MigrationFlags,
    work: (session: MigrationSession) => Promise<T>,
  ): Promise<T> {
    const { loadConfig } = await import('../config/load.js');
    const { findRunFolder } = await import('./run-folder.js');
    const loaded = await loadConfig({
      cwd: process.cwd(),
      path: flags.config,
      env: this.environment.variables,
      flags: {
        region: flags.region,
        engine: flags.engine,
        'source.snapshot': flags.snapshot,
        [flags.notify?.startsWith('arn:') === true ? 'notify.sns' : 'notify.webhook']: flags.notify,
      },
    });
    const root = findRunFolder(process.cwd(), flags.config);
    this.#root = root;
    return this.withView(flags, root, (signal, emit, say) =>
      work({
        ...loaded,
        root,
        environment: this.environment,
        profile: flags.profile,
        command: this.typed(),
        words: this.words,
        toolVersion: this.config.version,
        now: () => new Date(),
        signal,
        emit,
        say,
        confirm: (question, onAsk) => this.confirm(question, flags, signal, onAsk),
        afterwards: (after) => void this.#afterwards.push(after),
      }),
    );
  }

  override async finally(error: Error | undefined): Promise<void> {
    for (const work of this.#afterwards.splice(0)) await work();
    this.#events?.close();
    await super.finally(error);
  }

  protected override async aftermath(failure: Failure): Promise<Aftermath> {
    const run = this.#events?.run() ?? this.knownRun;
    if (this.#root === undefined || run === undefined) return {};
    const { getRun } = await import('../journal/runs.js');
    const { describeAftermath } = await import('./aftermath.js');
    return describeAftermath(getRun(this.#root, run).state, failure.step);
  }

  private async withView<T>(
    flags: MigrationFlags,
    root: string,
    work: (signal: AbortSignal, emit: EventSink, say: (text: string) => void) => Promise<T>,
  ): Promise<T> {
    const { chooseView } = await import('./choose-view.js');
    const { listenForInterrupt } = await import('./interrupt.js');
    const { openRunEvents } = await import('./run-events.js');
    const silent = this.jsonEnabled() || flags.quiet === true;
    const redraws = process.stderr.isTTY && !this.environment.dumbTerminal;
    const view = await chooseView({ silent, redraws });
    const events = openRunEvents({ root, file: flags.events, view });
    this.#events = events;
    const run = () => events.run() ?? this.knownRun;
    const resume = () => (run() === undefined ? undefined : `rds2aurora ${this.goesOnWith} ${run() ?? ''}`);
    const interrupt = listenForInterrupt({ resume, say: (line) => view.say(line) });
    try {
      return await work(interrupt.signal, events.sink, (text) => view.say(text));
    } finally {
      interrupt.dispose();
      await view.close();
      events.leaveView((text) => (silent ? undefined : this.printMessage(text)));
    }
  }

  /** Flag values are left out: they may be long, and nobody promised that they hold no secret. */
  private typed(): string {
    const flags = this.argv.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? word);
    return [basename(this.config.bin), this.words, ...flags].join(' ');
  }
}
