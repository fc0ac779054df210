import { Flags } from '@oclif/core';
import { BaseCommand, type Outcome } from '../../cli/base-command.js';
import { configFlags, confirmFlags } from '../../cli/flags.js';
import type { PruneResult } from '../../cli/result-schemas.js';
import { UsageError } from '../../errors.js';

export default class RunsPrune extends BaseCommand<PruneResult> {
  static override summary = 'Remove old runs that have ended, with their dumps and sealed secrets.';
  static override description = [
    'Runs that were rolled back or finalized, and those that failed before they called anything; finished ones only with',
    '--finished, since they can be neither rolled back nor finalized afterwards. Never a run that is at work or has something',
    'in AWS, and never the newest that is not finished. Shows what would go, and asks. Calls nothing in AWS.',
  ].join('\n');
  static override examples = [
    '<%= config.bin %> runs prune --older-than 30d --dry-run',
    '<%= config.bin %> runs prune --keep 5 --yes',
  ];
  static override flags = {
    config: configFlags.config,
    yes: confirmFlags.yes,
    'older-than': Flags.string({
      summary: 'Runs that ended so long ago, such as 36h, 30d or 8w.',
      helpValue: 'TIME',
    }),
    keep: Flags.integer({ summary: 'Keep the newest so many of those that ended.', min: 0, helpValue: 'N' }),
    finished: Flags.boolean({ summary: 'Also finished runs, whose way back goes with them.' }),
    'dry-run': Flags.boolean({ summary: 'Only show what would be removed.' }),
  };

  protected async perform(): Promise<Outcome<PruneResult>> {
    const { flags } = await this.parse(RunsPrune);
    const { pruneRuns } = await import('../../composition/prune-runs.js');
    const { parseHours } = await import('../../cli/duration.js');
    const { findRunFolder } = await import('../../cli/run-folder.js');
    const { 'older-than': age, keep, finished } = flags;
    if (age === undefined && keep === undefined) throw noLimit();
    const olderThanMs = age === undefined ? undefined : parseHours(age) * 3_600_000;
    const deps = {
      root: findRunFolder(process.cwd(), flags.config),
      ...{ command: 'rds2aurora runs prune', toolVersion: this.config.version, now: () => new Date() },
    };
    return pruneRuns(deps, {
      wishes: { olderThanMs, keep, finished },
      dryRun: flags['dry-run'],
      say: (text) => this.printMessage(text),
      confirm: (question) => this.confirm(question, flags),
    });
  }
}

function noLimit(): UsageError {
  return new UsageError('NoLimit', 'which runs are old is not said', {
    next: ['rds2aurora runs prune --older-than 30d', 'rds2aurora runs prune --keep 10'],
    changed: false,
  });
}
