import { Args, Flags } from '@oclif/core';
import type { Outcome } from '../cli/base-command.js';
import { MigrationCommand } from '../cli/migration-command.js';
import type { ReportResult } from '../cli/report-schema.js';

export default class Report extends MigrationCommand<ReportResult> {
  static override summary =
    'Tell what a run did: steps, downtime, verification, changes, and the way back by hand.';
  static override description = [
    'Reads the journal only, calls nothing in AWS, and may be used while the run goes on. A finished run has its report',
    'in its folder already, in all three formats. The HTML is one file without scripts, to be attached to a ticket or printed.',
  ].join('\n');
  static override examples = [
    '<%= config.bin %> report',
    '<%= config.bin %> report production-rag-k3x9f2 --format html --output report.html',
  ];
  static override args = {
    run: Args.string({
      description: 'Run id, or how it or its random part begins. Default: the newest run.',
    }),
  };
  static override flags = {
    format: Flags.option({
      summary: 'How it is written.',
      options: ['markdown', 'html', 'json'] as const,
      default: 'markdown' as const,
      env: 'RDS2AURORA_FORMAT',
    })(),
    output: Flags.string({
      summary: 'Write it to this file instead of the standard output.',
      helpValue: 'FILE',
      env: 'RDS2AURORA_OUTPUT',
    }),
  };

  protected async perform(): Promise<Outcome<ReportResult>> {
    const { args, flags } = await this.parse(Report);
    const { report } = await import('../composition/report.js');
    this.knownRun = args.run;
    return this.withSession(flags, (session) => report(session, args.run, flags));
  }
}
