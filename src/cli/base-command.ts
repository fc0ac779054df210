import { Command } from '@oclif/core';
import type { MigrationError } from '../errors.js';
import type { Question } from './confirm.js';
import { createEnvelope, stringifyEnvelope, type EnvelopeParts } from './envelope.js';
import { endProcess } from './end-process.js';
import { readEnvironment } from './environment.js';
import { nextOf, renderError, type Aftermath } from './error-screen.js';
import { toFailure, type Failure } from './failure.js';
import { createStyle, type Style } from './style.js';

/** What a command found or did. */
export interface Outcome<Result> {
  /** Goes under `result` in the envelope; must survive JSON. */
  readonly result: Result;
  /** The same for people; called only when text is wanted. No trailing line break. */
  readonly text: () => string;
  readonly run?: string | undefined;
  /** Commands that make sense now. */
  readonly next?: readonly string[];
  /** Set when there is a result and yet the command failed, e.g. a plan with blockers. Decides the exit code. */
  readonly failure?: MigrationError | undefined;
}

/**
 * Base of all commands. Result to stdout, all else to stderr; `--json` prints one envelope whatever happens; the exit
 * code is the same in both (oclif 4 on its own exits 1 under `--json`: oclif/core issue 1423).
 */
export abstract class BaseCommand<Result> extends Command {
  static override enableJsonFlag = true;

  protected readonly environment = readEnvironment();

  /** What nobody awaited is a bug, too: it gets the same screen and exit code as one that was thrown. */
  readonly #crash = (error: unknown): void => {
    void this.fail(error).finally(() => endProcess(Number(process.exitCode)));
  };

  /** Set by a command that prints more than one outcome: each becomes one line of JSON. */
  protected ndjson = false;

  protected abstract perform(): Promise<Outcome<Result>>;

  /** What is known of a run that failed; called once, and only after a failure. */
  protected aftermath(_failure: Failure): Promise<Aftermath> {
    return Promise.resolve({});
  }

  override async init(): Promise<void> {
    await super.init();
    process.on('uncaughtException', this.#crash);
  }

  override async run(): Promise<void> {
    this.show(await this.perform());
  }

  /** Prints an outcome and sets the exit code; also before the last one, by a command that watches. */
  protected show(outcome: Outcome<Result>): void {
    const failure = outcome.failure === undefined ? undefined : this.toFailure(outcome.failure);
    if (this.jsonEnabled()) {
      const next = outcome.next ?? failure?.next ?? [];
      this.printEnvelope({ run: outcome.run, result: outcome.result, failure, next });
    } else {
      const text = outcome.text();
      if (text !== '') this.printResult(text);
      if (failure !== undefined)
        this.printMessage(renderError(withoutProblems(failure), {}, this.errorStyle()));
    }
    process.exitCode = failure?.exitCode ?? 0;
  }

  override async catch(error: unknown): Promise<void> {
    await this.fail(error);
  }

  override async finally(error: Error | undefined): Promise<void> {
    process.off('uncaughtException', this.#crash);
    await super.finally(error);
  }

  /** Asks before something is changed; see `confirm`. The signal is that of Ctrl-C, where the command listens for it. */
  protected async confirm(
    question: Question,
    answers: {
      readonly yes?: boolean | undefined;
      readonly confirm?: readonly string[] | undefined;
      readonly confirmDataLoss?: string | undefined;
    },
    signal: AbortSignal = new AbortController().signal,
    onAsk?: () => void,
  ): Promise<void> {
    const { confirm } = await import('./confirm.js');
    const { findPrompter } = await import('./prompter.js');
    const prompter = this.jsonEnabled() ? undefined : findPrompter();
    const { yes = false, confirm: names = [], confirmDataLoss } = answers;
    const given = {
      ...{ yes, confirm: names },
      confirmDataLoss: confirmDataLoss === undefined ? [] : [confirmDataLoss],
    };
    await confirm(question, { answers: given, prompter, signal, onAsk });
  }

  /** Writes to stderr, for people. Silent under `--json`. */
  protected printMessage(text: string): void {
    if (!this.jsonEnabled()) process.stderr.write(`${text}\n`);
  }

  /** What a command that only asks about runs hands on. */
  protected asking(flags: { readonly config?: string | undefined; readonly profile?: string | undefined }) {
    return {
      ...{ configPath: flags.config, profile: flags.profile, environment: this.environment },
      ...{ command: `${this.config.bin} ${this.words}`, toolVersion: this.config.version },
    };
  }

  protected errorStyle(): Style {
    return createStyle(process.stderr.isTTY && !this.environment.plain);
  }

  /** The command as the user typed it, without the program's name: `migrate dump-restore`. */
  protected get words(): string {
    return (this.id ?? '').replaceAll(':', ' ');
  }

  private async fail(error: unknown): Promise<void> {
    const failure = this.toFailure(error);
    process.exitCode = failure.exitCode;
    const aftermath = await this.aftermath(failure).catch(() => ({}));
    this.reportFailure(failure, aftermath);
  }

  private reportFailure(failure: Failure, aftermath: Aftermath): void {
    if (!this.jsonEnabled()) return this.printMessage(renderError(failure, aftermath, this.errorStyle()));
    const rollback = aftermath.rollback === undefined ? [] : [aftermath.rollback];
    const next = [...nextOf(failure, aftermath), ...rollback];
    this.printEnvelope({ run: aftermath.run, failure, next, running: aftermath.running });
  }

  private toFailure(error: unknown): Failure {
    return toFailure(error, this.words);
  }

  private printEnvelope(parts: Omit<EnvelopeParts, 'command'>): void {
    const envelope = createEnvelope({ command: this.words, ...parts });
    this.printResult(stringifyEnvelope(envelope, this.ndjson ? 0 : 2));
  }

  private printResult(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}

/** The result above has told them already. */
function withoutProblems({ problems: _problems, ...failure }: Failure): Failure {
  return failure;
}
