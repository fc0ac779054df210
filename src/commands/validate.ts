import type { Outcome } from '../cli/base-command.js';
import { MigrationCommand } from '../cli/migration-command.js';
import type { ValidateResult } from '../cli/result-schemas.js';

export default class Validate extends MigrationCommand<ValidateResult> {
  static override summary = 'Check the target: statuses, login, application, pgvector, and the data.';
  static override description = [
    'Cluster and instance status, a login with the stored secret at the endpoint of the stack, the line by which the',
    'application says that it is ready, the version of pgvector, and every comparison with the source as a run found it',
    '(or, without a run, as it is now). Changes nothing. Exit code 8 when anything is different or could not be compared.',
  ].join('\n');
  static override examples = ['<%= config.bin %> validate', '<%= config.bin %> validate --json'];

  protected async perform(): Promise<Outcome<ValidateResult>> {
    const { flags } = await this.parse(Validate);
    const { validate } = await import('../composition/validation.js');
    return this.withSession(flags, validate);
  }
}
