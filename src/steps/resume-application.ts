/**
 * Brings the application back, now on the new database: scaling as it was, the old number of tasks, and a new
 * deployment, since ECS resolves secrets only when a container starts. Waits for the deployment, and for the line by
 * which the application says that it is ready. A crash leaves the application starting or stopped; running again
 * starts one more deployment at most.
 */
import type { ApplicationWaits } from '../aws/application-waits.js';
import type { EcsDeployment, EcsGateway, EcsService } from '../aws/ecs-gateway.js';
import type { Config } from '../config/schema.js';
import { VerifyError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import { pauseWriters, resumeApplication, type PausedWriters, type ResumedApplication } from './refs.js';
import {
  noteScaling,
  noteTasks,
  registerTarget,
  restoreScaling,
  suspendScaling,
  suspensionBefore,
  type Scaling,
} from './service-scaling.js';

export interface ResumeApplicationDependencies {
  readonly ecs: Pick<EcsGateway, 'findService' | 'setDesiredCount'>;
  readonly scaling: Scaling;
  readonly waits: Pick<ApplicationWaits, 'untilRolledOut' | 'untilLogged'>;
}

export interface ResumeApplicationInput {
  readonly application: PausedWriters['application'];
  readonly pausedAt: string;
  readonly ready: { readonly logGroup: string; readonly pattern: string } | undefined;
}

const updateService = 'ecs:UpdateService';

export function createResumeApplication(
  dependencies: ResumeApplicationDependencies,
): Step<ResumeApplicationInput, ResumedApplication, Config> {
  return {
    ...resumeApplication,
    title: 'Resume the application on the new database',
    overtakes: [pauseWriters.id],
    reversal: {
      kind: 'undo',
      note: ({ application }, { intents }) => {
        if (application === null) return [];
        const suspension = suspensionBefore(intents);
        // Scaling first, which would bring the tasks back.
        return [
          ...(suspension === undefined ? [] : [noteScaling(application, suspension)]),
          noteTasks(application, 0),
        ];
      },
      undo: (io, input) => stopAgain(dependencies, io, input),
    },
    typicalSeconds: [30, 180],
    writersPaused: true,
    select: (from) => {
      const { application, pausedAt } = from.outputOf(pauseWriters);
      const { logGroup, readyPattern } = from.config.app ?? {};
      const ready =
        logGroup === undefined || readyPattern === undefined
          ? undefined
          : { logGroup, pattern: readyPattern };
      return { application, pausedAt, ready };
    },
    plan: (_io, { config }) =>
      Promise.resolve(
        config.app === undefined
          ? { kind: 'satisfied', because: 'no application is configured' }
          : {
              kind: 'change',
              effects: [
                `ECS service ${config.app.ecsService}: scaling and number of tasks as before, new deployment`,
              ],
              calls: [registerTarget, updateService],
            },
      ),
    run: async (io, input) => {
      if (input.application === null) return { desiredCount: null, resumedAt: io.clock.now().toISOString() };
      const { cluster, service, desiredCount, previousSuspension } = input.application;
      if (previousSuspension !== null)
        await suspendScaling(dependencies.scaling, io, input.application, previousSuspension);
      await startTasks(dependencies, io, cluster, service, desiredCount);
      await dependencies.waits.untilRolledOut(io, cluster, service);
      if (desiredCount > 0 && input.ready !== undefined)
        await dependencies.waits.untilLogged(io, input.ready.logGroup, input.pausedAt, input.ready.pattern);
      return { desiredCount, resumedAt: io.clock.now().toISOString() };
    },
    verify: async (_io, { application }, output) => {
      if (application === null) return;
      const found = await dependencies.ecs.findService(application.cluster, application.service);
      const enough = found !== undefined && found.desiredCount >= Math.min(1, output.desiredCount ?? 0);
      if (enough && deploymentOf(found)?.rolloutState === 'COMPLETED') return;
      throw new VerifyError(
        'ApplicationNotRunning',
        `ECS service ${application.service} is not running as before`,
        {
          why: `its deployment is ${deploymentOf(found)?.rolloutState ?? 'missing'}`,
        },
      );
    },
  };
}

async function startTasks(
  { ecs }: ResumeApplicationDependencies,
  io: StepIo,
  cluster: string,
  service: string,
  count: number,
): Promise<void> {
  const found = await ecs.findService(cluster, service);
  if (found?.desiredCount === count && io.intents().some((intent) => intent.call === updateService)) return;
  await io.mutate(
    { call: updateService, key: service, before: { desiredCount: found?.desiredCount ?? 0 } },
    () => ecs.setDesiredCount(cluster, service, count, { forceNewDeployment: true }),
  );
}

/** Scaling first, which would bring the tasks back while the rest of the run is taken back. */
async function stopAgain(
  { ecs, scaling }: ResumeApplicationDependencies,
  io: StepIo,
  { application }: ResumeApplicationInput,
): Promise<void> {
  if (application === null || io.intents().length === 0) return;
  await restoreScaling(scaling, io, application);
  const found = await ecs.findService(application.cluster, application.service);
  if (found === undefined || found.desiredCount === 0) return;
  await io.mutate(
    { call: updateService, key: application.service, before: { desiredCount: found.desiredCount } },
    () => ecs.setDesiredCount(application.cluster, application.service, 0),
  );
}

function deploymentOf(service: EcsService | undefined): EcsDeployment | undefined {
  return service?.deployments.find((deployment) => deployment.primary);
}
