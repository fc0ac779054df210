import { Flags } from '@oclif/core';
import type { Outcome } from '../../cli/base-command.js';
import { freshFlags, notifyFlags } from '../../cli/flags.js';
import { MigrationCommand } from '../../cli/migration-command.js';
import type { MigrateResult, PlanResult } from '../../cli/result-schemas.js';

export default class MigrateFresh extends MigrationCommand<MigrateResult | PlanResult> {
  static override summary = 'Start with an empty Aurora database, and give up what the source holds.';
  static override description = [
    'Plans first and lists what will be lost: every database of the instance, its tables, rows, bytes and last write. Then',
    'runs: pause of the writers, final snapshot, empty cluster, extensions, switch of the secret, application back,',
    'validation, deletion of the source. In place (target.stack is source.stack) the old stack is saved and deleted before.',
    'Wants the identifier of the source typed, or --confirm; `rollback` brings it back from the final snapshot. Leaving',
    'the final snapshot out wants a second confirmation, and then there is no way back.',
  ].join('\n');
  static override examples = [
    '<%= config.bin %> migrate fresh --dry-run',
    '<%= config.bin %> migrate fresh --confirm production-rag-db',
    '<%= config.bin %> migrate fresh --schema-only --init-sql seed.sql --confirm production-rag-db',
    '<%= config.bin %> migrate fresh --no-final-snapshot --confirm production-rag-db --confirm-data-loss production-rag-db',
  ];
  static override flags = {
    ...notifyFlags,
    'dry-run': Flags.boolean({ summary: 'Only plan: the same as `plan fresh`.' }),
    ...freshFlags,
    'confirm-data-loss': Flags.string({
      summary: 'The identifier of the source once more, when no final snapshot is taken.',
      helpValue: 'NAME',
    }),
  };

  protected async perform(): Promise<Outcome<MigrateResult | PlanResult>> {
    const { flags } = await this.parse(MigrateFresh);
    const { migrate, showPlan } = await import('../../composition/migrations.js');
    const { notifying } = await import('../../composition/notifications.js');
    const { chooseFresh } = await import('../../composition/fresh-choices.js');
    const fresh = await chooseFresh({
      finalSnapshot: flags['final-snapshot'],
      schemaOnly: flags['schema-only'],
      initSql: flags['init-sql'],
    });
    const given = { ...flags, confirmDataLoss: flags['confirm-data-loss'] };
    return this.withSession<Outcome<MigrateResult | PlanResult>>(given, (session) =>
      flags['dry-run']
        ? showPlan({ ...session, fresh }, 'fresh')
        : migrate(notifying({ ...session, fresh }), 'fresh'),
    );
  }
}
