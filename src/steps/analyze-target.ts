/** Gathers the planner's statistics: pg_restore leaves none, and the first queries of the application would pay for it. */
import type { Config } from '../config/schema.js';
import { VerifyError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import type { StatisticsGateway } from '../postgres/statistics-gateway.js';
import { analyzeTarget, awaitTarget } from './refs.js';
import type { ServerRef } from './refs.js';

export interface AnalyzeTargetDependencies {
  readonly statistics: StatisticsGateway;
  readonly defaultJobs: number;
}

export interface AnalyzeTargetInput {
  readonly target: ServerRef;
  readonly jobs: number;
}

const call = 'sql:ANALYZE';

type Output = ReturnType<(typeof analyzeTarget)['output']['parse']>;

export function createAnalyzeTarget(
  dependencies: AnalyzeTargetDependencies,
): Step<AnalyzeTargetInput, Output, Config> {
  return {
    ...analyzeTarget,
    title: 'Analyze the target',
    reversal: { kind: 'nothing-to-undo', because: 'statistics go with the tables they are about' },
    typicalSeconds: [1, 300],
    writersPaused: true,
    select: (from) => ({
      target: from.outputOf(awaitTarget).server,
      jobs: from.config.dump?.jobs ?? dependencies.defaultJobs,
    }),
    plan: () => Promise.resolve({ kind: 'change', effects: ['ANALYZE of every table'], calls: [call] }),
    run: async (io, input) => {
      const { statistics } = dependencies;
      const known = findAnalyzed(io);
      // It may take many minutes, in which the application cannot write.
      if (known !== undefined && (await statistics.listUnanalyzed(input.target)).length === 0)
        return { tables: known };
      const tables = await io.mutate(
        { call, key: input.target.database },
        () => statistics.analyze(input.target, input.jobs, io.signal, (progress) => io.progress(progress)),
        (count) => ({ detail: { tables: count } }),
      );
      return { tables };
    },
    verify: async (_io, { target }) => {
      const missing = await dependencies.statistics.listUnanalyzed(target);
      if (missing.length === 0) return;
      throw new VerifyError('StatisticsMissing', `never analyzed on the target: ${missing.join(', ')}`);
    },
  };
}

/** How many tables an earlier attempt has analyzed. */
function findAnalyzed(io: StepIo): number | undefined {
  const done = io.intents().findLast((intent) => intent.call === call && intent.effect !== undefined);
  const tables = done?.effect?.detail?.['tables'];
  return typeof tables === 'number' ? tables : undefined;
}
