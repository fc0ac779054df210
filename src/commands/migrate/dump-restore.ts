import { Flags } from '@oclif/core';
import type { Outcome } from '../../cli/base-command.js';
import { engineFlags, notifyFlags } from '../../cli/flags.js';
import { MigrationCommand } from '../../cli/migration-command.js';
import type { MigrateResult, PlanResult } from '../../cli/result-schemas.js';

export default class MigrateDumpRestore extends MigrationCommand<MigrateResult | PlanResult> {
  static override summary = 'Move the database with pg_dump and pg_restore.';
  static override description = [
    'Plans first and shows what would happen, asks, then runs: target, pause of the writers, dump, restore, comparison of',
    'every row, switch of the secret, application back, validation. Stops at the first doubt; `resume` goes on.',
    'With --engine stream the data goes straight from server to server, and no file holds it.',
    'The source, its stack and its secret are never deleted.',
  ].join('\n');
  static override examples = [
    '<%= config.bin %> migrate dump-restore --dry-run',
    '<%= config.bin %> migrate dump-restore --yes --events events.ndjson',
    '<%= config.bin %> migrate dump-restore --engine stream',
  ];
  static override flags = {
    ...engineFlags,
    ...notifyFlags,
    'dry-run': Flags.boolean({ summary: 'Only plan: the same as `plan dump-restore`.' }),
  };

  protected async perform(): Promise<Outcome<MigrateResult | PlanResult>> {
    const { flags } = await this.parse(MigrateDumpRestore);
    const { migrate, showPlan } = await import('../../composition/migrations.js');
    const { notifying } = await import('../../composition/notifications.js');
    return this.withSession<Outcome<MigrateResult | PlanResult>>(flags, (session) =>
      flags['dry-run'] ? showPlan(session, 'dump-restore') : migrate(notifying(session), 'dump-restore'),
    );
  }
}
