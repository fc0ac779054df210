import { createRun, type OpenRun } from '../../src/journal/run.js';

/** A run in `root` that died in its second step, between the intent and the effect of a call. */
export function storeRun(
  root: string,
  options: { readonly name?: string; readonly at?: string } = {},
): OpenRun {
  const { name = 'rag', at = '2026-11-23T14:00:00.000Z' } = options;
  let ticks = 0;
  const now = (): Date => new Date(Date.parse(at) + 1000 * ticks++);
  const run = createRun(
    { root, command: 'rds2aurora migrate dump-restore', toolVersion: '0.1.0', now },
    {
      name,
      path: 'dump-restore',
      steps: [
        { id: 'pause-writers', title: 'Pause the writers' },
        { id: 'create-cluster', title: 'Create the Aurora cluster' },
        { id: 'resume-application', title: 'Resume the application' },
      ],
      config: { region: 'us-east-1', target: { capacity: { min: 0.5, max: 1 } } },
      source: 'us-east-1/rag-db',
      target: 'rag-cluster',
    },
    () => 0.5,
  );
  const { journal } = run;
  journal.append({ type: 'started', step: 'pause-writers', attempt: 1 });
  journal.append({ type: 'succeeded', step: 'pause-writers', output: null, ms: 10 });
  journal.append({ type: 'verified', step: 'pause-writers' });
  journal.append({ type: 'started', step: 'create-cluster', attempt: 1 });
  journal.append({
    type: 'intent',
    step: 'create-cluster',
    intent: 1,
    call: 'rds:CreateDBCluster',
    key: 'rag-cluster',
  });
  return run;
}
