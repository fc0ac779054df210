import { Args, Flags } from '@oclif/core';
import type { Outcome } from '../cli/base-command.js';
import { notifyFlags } from '../cli/flags.js';
import { MigrationCommand } from '../cli/migration-command.js';
import type { MigrateResult } from '../cli/result-schemas.js';
import { UsageError } from '../errors.js';

export default class Resume extends MigrationCommand<MigrateResult> {
  static override summary = 'Go on with a run from where it stopped.';
  static override description = [
    'Looks first whether calls that were begun have been made, adopts what they made, verifies finished steps again, and',
    'goes on. Refuses when the configuration has changed since. A finished run is left as it is.',
  ].join('\n');
  static override examples = [
    '<%= config.bin %> resume',
    '<%= config.bin %> resume --last',
    '<%= config.bin %> resume production-rag-k3x9f2',
  ];
  static override args = {
    run: Args.string({
      description: 'Run id, or how it or its random part begins. Default: the newest run.',
    }),
  };
  static override flags = {
    ...notifyFlags,
    last: Flags.boolean({ summary: 'The newest run that is not finished, whatever came after it.' }),
  };

  protected async perform(): Promise<Outcome<MigrateResult>> {
    const { args, flags } = await this.parse(Resume);
    if (flags.last && args.run !== undefined) throw tooMany();
    const { findLastRun, resume } = await import('../composition/migrations.js');
    const { notifying } = await import('../composition/notifications.js');
    this.knownRun = args.run;
    return this.withSession(flags, async (session) => {
      if (flags.last) this.knownRun = findLastRun(session);
      return resume(notifying(session), this.knownRun);
    });
  }
}

function tooMany(): UsageError {
  return new UsageError('TooManyRuns', 'a run is named, and --last names another', {
    next: ['rds2aurora resume --last'],
    changed: false,
  });
}
