import { Flags } from '@oclif/core';
import { BaseCommand, type Outcome } from '../cli/base-command.js';
import { configFlags } from '../cli/flags.js';
import type { RunsResult } from '../cli/result-schemas.js';

export default class Runs extends BaseCommand<RunsResult> {
  static override summary = 'List the runs of this project, the newest first.';
  static override description =
    'Reads the journals in .rds2aurora beside the configuration file. Calls nothing in AWS.';
  static override examples = [
    '<%= config.bin %> runs',
    '<%= config.bin %> runs --state failed --json',
    '<%= config.bin %> runs --path snapshot --since 7d',
  ];
  static override flags = {
    config: configFlags.config,
    profile: configFlags.profile,
    state: Flags.option({
      summary: 'Only runs in this state.',
      description: 'May be given more than once.',
      multiple: true,
      multipleNonGreedy: true,
      options: [
        'running',
        'failed',
        'interrupted',
        'finished',
        'finalizing',
        'finalized',
        'rolling-back',
        'rolled-back',
        'unreadable',
      ] as const,
      env: 'RDS2AURORA_RUNS_STATE',
    })(),
    path: Flags.option({
      summary: 'Only runs of this path.',
      description: 'May be given more than once.',
      multiple: true,
      multipleNonGreedy: true,
      options: ['dump-restore', 'snapshot', 'fresh'] as const,
    })(),
    source: Flags.string({
      summary: 'Only runs of this DB instance.',
      helpValue: 'INSTANCE',
    }),
    since: Flags.string({
      summary: 'Only runs begun within this time, such as 36h, 7d or 2w.',
      helpValue: 'TIME',
    }),
    limit: Flags.integer({ summary: 'At most so many, the newest.', min: 1, helpValue: 'N' }),
  };

  protected async perform(): Promise<Outcome<RunsResult>> {
    const { flags } = await this.parse(Runs);
    const { listRuns } = await import('../journal/runs.js');
    const { inspectRunLock } = await import('../journal/run.js');
    const { summarizeRun } = await import('../cli/describe-run.js');
    const { openStoredRuns } = await import('../composition/stored-runs.js');
    const { renderRuns } = await import('../views/runs-table.js');
    const deps = await openStoredRuns(this.asking(flags));
    const { root } = deps;
    const all = listRuns(root).map((run) =>
      summarizeRun(
        run,
        run.state === undefined ? undefined : inspectRunLock(root, run.id, undefined, deps.shared),
      ),
    );
    const { chooseRuns } = await import('../cli/choose-runs.js');
    const runs = chooseRuns(all, flags, new Date());
    return { result: { runs }, text: () => renderRuns(runs), next: ['rds2aurora status RUN'] };
  }
}
