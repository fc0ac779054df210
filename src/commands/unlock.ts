import { Args } from '@oclif/core';
import { BaseCommand, type Outcome } from '../cli/base-command.js';
import { configFlags, confirmFlags } from '../cli/flags.js';
import type { UnlockResult } from '../cli/result-schemas.js';

export default class Unlock extends BaseCommand<UnlockResult> {
  static override summary = 'Free the lock of a run whose process is gone.';
  static override description = [
    'A process that ended, even by SIGKILL or a reboot of this machine, needs no unlock: the next command takes over.',
    'A process that is alive here keeps its lock. One on another machine cannot be seen from here: make sure that it is',
    'gone, then type the run id or give it with --confirm.',
  ].join('\n');
  static override examples = [
    '<%= config.bin %> unlock production-rag-k3x9f2 --confirm production-rag-k3x9f2',
  ];
  static override args = {
    run: Args.string({ description: 'Run id, or how it or its random part begins.', required: true }),
  };
  static override flags = {
    config: configFlags.config,
    profile: configFlags.profile,
    confirm: confirmFlags.confirm,
  };

  protected async perform(): Promise<Outcome<UnlockResult>> {
    const { args, flags } = await this.parse(Unlock);
    const { getRun } = await import('../journal/runs.js');
    const { inspectRunLock, unlockRun } = await import('../journal/run.js');
    const { describeLock } = await import('../cli/describe-run.js');
    const { openStoredRuns } = await import('../composition/stored-runs.js');
    const { renderUnlock } = await import('../views/status-table.js');
    const deps = await openStoredRuns(this.asking(flags));
    const { root } = deps;
    const { id } = getRun(root, args.run);
    const lock = inspectRunLock(root, id, undefined, deps.shared);
    const force = lock?.liveness === 'unknown';
    if (force) await this.confirm({ level: 'severe', action: `Free run ${id}`, name: id }, flags);
    const result = { run: id, freed: unlockRun(deps, id, force), lock: describeLock(lock) };
    return { result, text: () => renderUnlock(result), run: id, next: [`rds2aurora status ${id}`] };
  }
}
