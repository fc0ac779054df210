import { Flags } from '@oclif/core';
import type { Outcome } from '../../cli/base-command.js';
import { MigrationCommand } from '../../cli/migration-command.js';
import { notifyFlags, snapshotFlags } from '../../cli/flags.js';
import type { MigrateResult, PlanResult } from '../../cli/result-schemas.js';

export default class MigrateSnapshot extends MigrationCommand<MigrateResult | PlanResult> {
  static override summary = 'Move the database by a snapshot that is restored as an Aurora cluster.';
  static override description = [
    'The quickest path within one major version. Plans first and shows what would happen, asks, then runs: pause of the',
    'writers, snapshot, restore as a cluster, writer, comparison of every row, switch of the secret, application back,',
    'validation. Stops at the first doubt; `resume` goes on. The source and its stack stay until you delete them.',
    'In place (target.stack is source.stack) the old stack is deleted on the way, once the snapshot is proven and the stack is',
    'saved: that wants the name of the stack typed, or --confirm. `rollback` makes it again. With target.deploy.command the',
    'new cluster begins empty, and the data goes into it by a dump of a temporary instance that is made from the snapshot.',
    'With --snapshot it starts from one that exists. The application keeps writing until the target is ready, and goes to the',
    'older state of the snapshot: that wants the name of the snapshot typed, or --confirm.',
  ].join('\n');
  static override examples = [
    '<%= config.bin %> migrate snapshot --dry-run',
    '<%= config.bin %> migrate snapshot --yes --events events.ndjson',
    '<%= config.bin %> migrate snapshot --snapshot nightly --confirm nightly',
  ];
  static override flags = {
    ...notifyFlags,
    ...snapshotFlags,
    'dry-run': Flags.boolean({ summary: 'Only plan: the same as `plan snapshot`.' }),
  };

  protected async perform(): Promise<Outcome<MigrateResult | PlanResult>> {
    const { flags } = await this.parse(MigrateSnapshot);
    const { migrate, showPlan } = await import('../../composition/migrations.js');
    const { notifying } = await import('../../composition/notifications.js');
    return this.withSession<Outcome<MigrateResult | PlanResult>>(flags, (session) =>
      flags['dry-run'] ? showPlan(session, 'snapshot') : migrate(notifying(session), 'snapshot'),
    );
  }
}
