import type { Outcome } from '../../cli/base-command.js';
import { freshFlags } from '../../cli/flags.js';
import { MigrationCommand } from '../../cli/migration-command.js';
import type { PlanResult } from '../../cli/result-schemas.js';

export default class PlanFresh extends MigrationCommand<PlanResult> {
  static override summary = 'Show what `migrate fresh` would do and what would be lost, by reading only.';
  static override description = [
    'What would be lost: every database of the instance with its tables, rows (counted, or estimated and said so), bytes',
    'and last write. Then the steps with their AWS calls, what is in the way and how to mend it, and how each step is',
    'taken back. Makes no call that changes anything. Exit code 3 when something is in the way.',
  ].join('\n');
  static override examples = ['<%= config.bin %> plan fresh', '<%= config.bin %> plan fresh --json'];
  static override flags = { ...freshFlags };

  protected async perform(): Promise<Outcome<PlanResult>> {
    const { flags } = await this.parse(PlanFresh);
    const { showPlan } = await import('../../composition/migrations.js');
    const { chooseFresh } = await import('../../composition/fresh-choices.js');
    const fresh = await chooseFresh({
      finalSnapshot: flags['final-snapshot'],
      schemaOnly: flags['schema-only'],
      initSql: flags['init-sql'],
    });
    return this.withSession(flags, (session) => showPlan({ ...session, fresh }, 'fresh'));
  }
}
