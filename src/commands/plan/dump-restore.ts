import type { Outcome } from '../../cli/base-command.js';
import { engineFlags } from '../../cli/flags.js';
import { MigrationCommand } from '../../cli/migration-command.js';
import type { PlanResult } from '../../cli/result-schemas.js';

export default class PlanDumpRestore extends MigrationCommand<PlanResult> {
  static override summary = 'Show what `migrate dump-restore` would do, by reading only.';
  static override description = [
    'Steps with their AWS calls, what is in the way and how to mend it, the time it takes and the time the application',
    'cannot write, and how each step is taken back. Makes no call that changes anything; SQL runs in sessions that the',
    'server itself holds read-only. Exit code 3 when something is in the way.',
  ].join('\n');
  static override examples = [
    '<%= config.bin %> plan dump-restore',
    '<%= config.bin %> plan dump-restore --json',
    '<%= config.bin %> plan dump-restore --engine stream',
  ];
  static override flags = { ...engineFlags };

  protected async perform(): Promise<Outcome<PlanResult>> {
    const { flags } = await this.parse(PlanDumpRestore);
    const { showPlan } = await import('../../composition/migrations.js');
    return this.withSession(flags, (session) => showPlan(session, 'dump-restore'));
  }
}
