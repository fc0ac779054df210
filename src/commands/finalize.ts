import { Args, Flags } from '@oclif/core';
import type { Outcome } from '../cli/base-command.js';
import { notifyFlags } from '../cli/flags.js';
import { MigrationCommand } from '../cli/migration-command.js';
import type { FinalizeResult } from '../cli/result-schemas.js';

export default class Finalize extends MigrationCommand<FinalizeResult> {
  static override summary = 'End the source of a finished run, after a soak, with a last snapshot.';
  static override description = [
    'Deletes the RDS instance; its stack too, where that serves the instance alone. Refused while the soak has not passed,',
    'while the target does not answer, while the secret names the source, while anybody is connected to it, or while it has',
    'deletion protection. The last snapshot is proven available before anything is deleted. Wants the identifier of the',
    'source typed, or --confirm. Afterwards there is no rollback. One that was stopped goes on when it is called again.',
  ].join('\n');
  static override examples = [
    '<%= config.bin %> finalize --dry-run',
    '<%= config.bin %> finalize production-rag-k3x9f2 --after 14d --confirm production-rag-db',
  ];
  static override args = {
    run: Args.string({
      description: 'Run id, or how it or its random part begins. Default: the newest run.',
    }),
  };
  static override flags = {
    ...notifyFlags,
    after: Flags.string({
      summary: 'The soak: how long the run must have been finished.',
      description: 'Such as 36h, 7d or 2w. Default: finalize.soakHours of the configuration, 7 days.',
      helpValue: 'TIME',
    }),
    now: Flags.boolean({ summary: 'Without a soak.', exclusive: ['after'] }),
    'lift-deletion-protection': Flags.boolean({
      summary: 'Switch deletion protection of the source off before it is deleted.',
    }),
    'dry-run': Flags.boolean({ summary: 'Only show what would be done, and what is in the way.' }),
  };

  protected override readonly goesOnWith = 'finalize';

  protected async perform(): Promise<Outcome<FinalizeResult>> {
    const { args, flags } = await this.parse(Finalize);
    const { finalizeRun } = await import('../composition/finalize.js');
    const { notifying } = await import('../composition/notifications.js');
    const { parseHours } = await import('../cli/duration.js');
    this.knownRun = args.run;
    const soakHours = flags.now ? 0 : flags.after === undefined ? undefined : parseHours(flags.after);
    const options = {
      ...{ wanted: args.run, dryRun: flags['dry-run'], soakHours },
      liftDeletionProtection: flags['lift-deletion-protection'],
    };
    return this.withSession(flags, (session) => finalizeRun(notifying(session), options));
  }
}
