/**
 * Stops all writing to the source: the ECS service goes to no tasks with its scaling suspended (or Application Auto
 * Scaling would bring it back), the database becomes read-only for new sessions, the others are ended, and quiet is
 * proven. Old values are journalled before anything is changed; a crash leaves the application stopped, and `resume`
 * or `rollback` goes on from there.
 */
import type { EcsGateway } from '../aws/ecs-gateway.js';
import type { ApplicationWaits } from '../aws/application-waits.js';
import type { Suspension } from '../aws/scaling-gateway.js';
import type { Config } from '../config/schema.js';
import { MigrationError, VerifyError } from '../errors.js';
import type { RecordedIntent, Step, StepIo } from '../pipeline/step.js';
import type { DatabaseQuiescer } from '../postgres/quiesce.js';
import { noteReadOnly } from './by-hand.js';
import { checkReadiness, pauseWriters, type PausedWriters, type ServerRef } from './refs.js';
import {
  allSuspended,
  noteScaling,
  noteTasks,
  registerTarget,
  restoreScaling,
  suspendScaling,
  suspensionBefore,
  type Scaling,
} from './service-scaling.js';

export interface PauseWritersDependencies {
  readonly ecs: Pick<EcsGateway, 'findService' | 'setDesiredCount' | 'countLiveTasks'>;
  readonly scaling: Scaling;
  readonly database: DatabaseQuiescer;
  readonly waits: Pick<ApplicationWaits, 'untilNoTasks'>;
}

export interface PauseWritersInput {
  readonly application: { readonly cluster: string; readonly service: string } | undefined;
  readonly server: ServerRef;
}

const updateService = 'ecs:UpdateService';

export function createPauseWriters(
  dependencies: PauseWritersDependencies,
): Step<PauseWritersInput, PausedWriters, Config> {
  return {
    ...pauseWriters,
    title: 'Pause the writers',
    reversal: {
      kind: 'undo',
      note: (input, { intents }) => noteResumption(input, intents),
      undo: async (io, input) => {
        await dependencies.database.resume(io, input.server);
        await bringApplicationBack(dependencies, io, input);
      },
    },
    typicalSeconds: [20, 120],
    writersPaused: true,
    select: (from) => ({
      application:
        from.config.app === undefined
          ? undefined
          : { cluster: from.config.app.ecsCluster, service: from.config.app.ecsService },
      server: from.outputOf(checkReadiness).source.server,
    }),
    plan: (_io, { config }) => Promise.resolve({ kind: 'change', ...describe(config) }),
    run: async (io, input) => {
      const application = await stopApplication(dependencies, io, input);
      const { lsn, ...database } = await dependencies.database.pause(io, input.server);
      return { application, database, pausedAt: io.clock.now().toISOString(), lsn };
    },
    verify: async (io, input) => {
      const running = await countTasks(dependencies, input);
      if (running > 0) throw stillWriting(`${String(running)} tasks of the application are running`);
      if (!(await dependencies.database.isPaused(io, input.server)))
        throw stillWriting(`database ${input.server.database} is not read-only`);
    },
  };
}

function describe(config: Config): { effects: string[]; calls: string[] } {
  const service =
    config.app === undefined ? [] : [`ECS service ${config.app.ecsService}: no tasks, scaling suspended`];
  return {
    effects: [
      ...service,
      `database ${config.source.database} of ${config.source.instance}: read-only, other sessions ended, quiet proven`,
    ],
    calls: [...(config.app === undefined ? [] : [registerTarget, updateService]), 'sql:ALTER DATABASE'],
  };
}

async function stopApplication(
  dependencies: PauseWritersDependencies,
  io: StepIo,
  { application }: PauseWritersInput,
): Promise<PausedWriters['application']> {
  if (application === undefined) return null;
  const { cluster, service } = application;
  const found = await dependencies.ecs.findService(cluster, service);
  if (found === undefined)
    throw new MigrationError('ServiceMissing', `ECS service ${service} does not exist in cluster ${cluster}`);
  const suspension = await suspendScaling(dependencies.scaling, io, application, allSuspended);
  const desiredCount = Number(beforeOf(io.intents(), updateService)?.['desiredCount'] ?? found.desiredCount);
  if (found.desiredCount !== 0)
    await io.mutate({ call: updateService, key: service, before: { desiredCount } }, () =>
      dependencies.ecs.setDesiredCount(cluster, service, 0),
    );
  await dependencies.waits.untilNoTasks(io, cluster, service);
  return { cluster, service, desiredCount, previousSuspension: previousOf(io, suspension) };
}

/** Null when we suspended nothing: nobody scales the service, or somebody had suspended all of it before. */
function previousOf(io: StepIo, found: Suspension | undefined): Suspension | null {
  return found === undefined ? null : (suspensionBefore(io.intents()) ?? null);
}

async function bringApplicationBack(
  { ecs, scaling }: PauseWritersDependencies,
  io: StepIo,
  { application }: PauseWritersInput,
): Promise<void> {
  if (application === undefined) return;
  const { cluster, service } = application;
  await restoreScaling(scaling, io, application);
  const count = beforeOf(io.intents(), updateService)?.['desiredCount'];
  const found = await ecs.findService(cluster, service);
  if (typeof count !== 'number' || found === undefined || found.desiredCount === count) return;
  await io.mutate({ call: updateService, key: service, before: { desiredCount: found.desiredCount } }, () =>
    ecs.setDesiredCount(cluster, service, count, { forceNewDeployment: true }),
  );
}

/** The oldest intent of a call holds the value from before this run. */
function beforeOf(
  intents: readonly RecordedIntent[],
  call: string,
): Readonly<Record<string, unknown>> | undefined {
  return intents.find((intent) => intent.call === call)?.before;
}

/** What was changed, and was then as the oldest intents say. */
function noteResumption(
  { application, server }: PauseWritersInput,
  intents: readonly RecordedIntent[],
): readonly string[] {
  const altered = intents.find(({ before }) => before !== undefined && 'previousDefaultReadOnly' in before);
  const readOnly = altered?.before?.['previousDefaultReadOnly'];
  const count = beforeOf(intents, updateService)?.['desiredCount'];
  const suspension = suspensionBefore(intents);
  return [
    ...(altered === undefined ? [] : [noteReadOnly(server, typeof readOnly === 'string' ? readOnly : null)]),
    ...(application === undefined || suspension === undefined ? [] : [noteScaling(application, suspension)]),
    ...(application === undefined || typeof count !== 'number' ? [] : [noteTasks(application, count)]),
  ];
}

async function countTasks(
  { ecs }: PauseWritersDependencies,
  { application }: PauseWritersInput,
): Promise<number> {
  return application === undefined ? 0 : ecs.countLiveTasks(application.cluster, application.service);
}

function stillWriting(why: string): VerifyError {
  return new VerifyError('WritersNotPaused', 'something can write to the source', { why });
}
