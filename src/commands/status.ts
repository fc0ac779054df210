import { setTimeout as pause } from 'node:timers/promises';
import { Args, Flags } from '@oclif/core';
import { BaseCommand, type Outcome } from '../cli/base-command.js';
import { configFlags } from '../cli/flags.js';
import type { StatusResult } from '../cli/result-schemas.js';

/** AWS is asked less often than the journal is read: a run that asks, too, must not be throttled for it. */
const lookEveryMs = 15_000;

export default class Status extends BaseCommand<StatusResult> {
  static override summary = 'Show how a run stands: steps, AWS, costs, time left, and what to do next.';
  static override description = [
    'Reads the journal, and asks AWS by reading calls what the resources of the run are doing and cost; when AWS cannot be',
    'reached it says so and shows the rest. May be used while the run goes on. With --watch it shows every change until',
    'nobody works on the run any more: drawn anew on a terminal, a line each in a pipe, a document each under --json.',
  ].join('\n');
  static override examples = [
    '<%= config.bin %> status',
    '<%= config.bin %> status --watch',
    '<%= config.bin %> status production-rag-k3x9f2 --offline',
  ];
  static override args = {
    run: Args.string({
      description: 'Run id, or how it or its random part begins. Default: the newest run.',
    }),
  };
  static override flags = {
    config: configFlags.config,
    profile: configFlags.profile,
    offline: Flags.boolean({ summary: 'Read the journal only: ask nothing of AWS.' }),
    'by-hand': Flags.boolean({ summary: 'Tell how each step is taken back by hand, as commands to paste.' }),
    watch: Flags.boolean({ summary: 'Show every change until the run has ended or stopped.' }),
    interval: Flags.integer({
      summary: 'Seconds between two looks of --watch.',
      helpValue: 'SECONDS',
      min: 1,
      default: 5,
    }),
  };

  protected async perform(): Promise<Outcome<StatusResult>> {
    const { args, flags } = await this.parse(Status);
    const { describeRun, nextCommands } = await import('../cli/describe-run.js');
    const { createLook } = await import('../composition/run-status.js');
    const { tellWayBack } = await import('../composition/way-back.js');
    const { openStoredRuns, findStoredRun, readStoredRun } = await import('../composition/stored-runs.js');
    const { renderStatus } = await import('../views/status-table.js');
    const deps = await openStoredRuns({ ...this.asking(flags), offline: flags.offline });
    const { root } = deps;
    const id = findStoredRun(deps, args.run);
    const look = createLook({
      ...{ offline: flags.offline, profile: flags.profile, toolVersion: this.config.version },
      ...{ everyMs: lookEveryMs, now: () => new Date() },
    });
    const read = async (): Promise<StatusResult> => {
      const { run, lock } = readStoredRun(deps, id);
      const live = await look(run.state, lock);
      const { environment } = this;
      const options = { root, environment, toolVersion: this.config.version };
      const notes = flags['by-hand'] ? tellWayBack(run.state, run.directory, options) : undefined;
      return describeRun(
        run,
        lock,
        live,
        notes?.map(({ step, note }) => ({ step, note: [...note] })),
      );
    };
    const toOutcome = (result: StatusResult): Outcome<StatusResult> => {
      const next = nextCommands(result.run, result.state);
      return { result, text: () => renderStatus(result, next), run: result.run, next };
    };
    if (!flags.watch) return toOutcome(await read());
    const { watchStatus } = await import('../cli/watch-status.js');
    this.ndjson = true;
    const { stdout } = process;
    const redraws = stdout.isTTY && !this.environment.dumbTerminal && !this.jsonEnabled();
    return watchStatus({
      ...{ look: read, toOutcome, json: this.jsonEnabled(), now: () => new Date() },
      show: (outcome) => this.show(outcome),
      screen: redraws ? { rows: stdout.rows, write: (text) => stdout.write(text) } : undefined,
      pause: () => pause(flags.interval * 1000),
    });
  }
}
