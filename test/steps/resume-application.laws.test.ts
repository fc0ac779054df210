import { configSchema, type Config } from '../../src/config/schema.js';
import { seal } from '../../src/pipeline/seal.js';
import { createResumeApplication } from '../../src/steps/resume-application.js';
import { FakeApplication } from '../fakes/fake-application.js';
import { describeStepLaws, type LawWorld } from '../laws/step-laws.js';
import { lawConfig } from './data-law-inputs.js';

const config: Config = configSchema.parse({
  ...lawConfig,
  app: { ecsCluster: 'production-rag', ecsService: 'rag', logGroup: '/ecs/rag', readyPattern: 'ready' },
});
const paused = {
  application: {
    ...{ cluster: 'production-rag', service: 'rag', desiredCount: 2 },
    previousSuspension: { in: true, out: false, scheduled: false },
  },
  database: { previousDefaultReadOnly: null, sessionsEnded: 1 },
  ...{ pausedAt: '2026-01-01T00:00:00.000Z', lsn: '0/1' },
};

/** An application as pause-writers leaves it. */
function makeWorld(): LawWorld<Config> {
  const application = new FakeApplication();
  application.desiredCount = 0;
  application.scaling = { min: 1, max: 4, suspension: { in: true, out: true, scheduled: true } };
  const { ecs, autoScaling, waits } = application;
  return {
    step: seal(createResumeApplication({ ecs, scaling: autoScaling, waits })),
    config,
    earlier: { 'pause-writers': paused },
    snapshot: () => application.snapshot(),
    mutations: () => [...application.mutations],
    tamper: () => {
      application.desiredCount = undefined;
    },
    comparable: (output) => ({ ...(output as object), resumedAt: '' }),
  };
}

describeStepLaws('resume-application', makeWorld);
