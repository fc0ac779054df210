import { Args } from '@oclif/core';
import { BaseCommand, type Outcome } from '../cli/base-command.js';
import { configFlags } from '../cli/flags.js';
import type { StatusResult } from '../cli/result-schemas.js';

export default class Status extends BaseCommand<StatusResult> {
  static override summary = 'Show how a run stands: its steps, what is open, and what to do next.';
  static override description =
    'Reads the journal only: calls nothing in AWS, and may be used while the run goes on.';
  static override examples = ['<%= config.bin %> status', '<%= config.bin %> status production-rag-k3x9f2'];
  static override args = {
    run: Args.string({
      description: 'Run id, or how it or its random part begins. Default: the newest run.',
    }),
  };
  static override flags = { config: configFlags.config };

  protected async perform(): Promise<Outcome<StatusResult>> {
    const { args, flags } = await this.parse(Status);
    const { getRun } = await import('../journal/runs.js');
    const { inspectRunLock } = await import('../journal/run.js');
    const { describeRun, nextCommands } = await import('../cli/describe-run.js');
    const { findRunFolder } = await import('../cli/run-folder.js');
    const { renderStatus } = await import('../views/status-table.js');
    const root = findRunFolder(process.cwd(), flags.config);
    const run = getRun(root, args.run);
    const result = describeRun(run, inspectRunLock(root, run.id));
    const next = nextCommands(run.id, result.state);
    return { result, text: () => renderStatus(result, next), run: run.id, next };
  }
}
