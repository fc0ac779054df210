import type { Outcome } from '../../cli/base-command.js';
import { MigrationCommand } from '../../cli/migration-command.js';
import { snapshotFlags } from '../../cli/flags.js';
import type { PlanResult } from '../../cli/result-schemas.js';

export default class PlanSnapshot extends MigrationCommand<PlanResult> {
  static override summary = 'Show what `migrate snapshot` would do, by reading only.';
  static override description = [
    'Steps with their AWS calls, what is in the way and how to mend it, the time it takes and the time the application',
    'cannot write, and how each step is taken back. Makes no call that changes anything; SQL runs in sessions that the',
    'server itself holds read-only. Exit code 3 when something is in the way.',
  ].join('\n');
  static override examples = [
    '<%= config.bin %> plan snapshot',
    '<%= config.bin %> plan snapshot --json',
    '<%= config.bin %> plan snapshot --snapshot rds:production-rag-db-2026-11-23-03-10',
  ];
  static override flags = { ...snapshotFlags };

  protected async perform(): Promise<Outcome<PlanResult>> {
    const { flags } = await this.parse(PlanSnapshot);
    const { showPlan } = await import('../../composition/migrations.js');
    return this.withSession(flags, (session) => showPlan(session, 'snapshot'));
  }
}
