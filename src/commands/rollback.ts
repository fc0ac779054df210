import { Args, Flags } from '@oclif/core';
import type { Outcome } from '../cli/base-command.js';
import { notifyFlags } from '../cli/flags.js';
import { MigrationCommand } from '../cli/migration-command.js';
import type { RollbackResult } from '../cli/result-schemas.js';

export default class Rollback extends MigrationCommand<RollbackResult> {
  static override summary = 'Take back what a run has done, the last step first.';
  static override description = [
    'Deletes only what carries the tag of the run, points the secret back, makes the source writable again and starts the',
    'application on it. What the application wrote to the target since the switch is not carried back. Wants the',
    'identifier of the source typed, or --confirm. A rollback that was stopped goes on when it is called again.',
  ].join('\n');
  static override examples = [
    '<%= config.bin %> rollback --dry-run',
    '<%= config.bin %> rollback production-rag-k3x9f2 --confirm production-rag-db',
  ];
  static override args = {
    run: Args.string({
      description: 'Run id, or how it or its random part begins. Default: the newest run.',
    }),
  };
  static override flags = {
    ...notifyFlags,
    'dry-run': Flags.boolean({ summary: 'Only show what would be taken back, and how it is done by hand.' }),
  };

  protected async perform(): Promise<Outcome<RollbackResult>> {
    const { args, flags } = await this.parse(Rollback);
    const { rollback } = await import('../composition/rollback.js');
    const { notifying } = await import('../composition/notifications.js');
    this.knownRun = args.run;
    return this.withSession(flags, (session) => rollback(notifying(session), args.run, flags['dry-run']));
  }
}
