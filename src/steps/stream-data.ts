import { z } from 'zod';
import type { Progress, StepIo } from '../pipeline/step.js';
import type { DumpGateway } from '../postgres/dump-gateway.js';
import type { RestoreGateway } from '../postgres/restore-gateway.js';
import type { RestoreSizing } from '../postgres/restore-settings.js';
import type { Copier, StreamGateway } from '../postgres/stream/stream-gateway.js';
import type { StreamBuild, StreamPart, StreamPlan } from '../postgres/stream/stream-plan.js';
import type { TargetGateway } from '../postgres/target-gateway.js';
import type { RunFiles } from '../process/run-files.js';
import type { RestoreDatabaseInput } from './restore-database.js';
import { currentIntents } from './restored-target.js';
import type { FingerprintReading } from './source-fingerprint.js';
import { buildCall, buildIndex, isDone, restorePart } from './stream-restore.js';
import type { StreamWork } from './stream-restore.js';
import { runTasks, type StreamTask } from './stream-schedule.js';

export interface StreamDatabaseDependencies extends FingerprintReading {
  readonly target: TargetGateway;
  readonly restores: RestoreGateway;
  readonly dumps: Pick<DumpGateway, 'check'>;
  readonly streams: StreamGateway;
  readonly sizeRestore: (maxAcu: number, jobs: number) => RestoreSizing;
  readonly defaultJobs: number;
}

export type StreamDatabaseInput = RestoreDatabaseInput;

export const streamCalls = {
  writePlan: 'file:stream-plan.json',
  makeMarks: 'sql:CREATE SCHEMA rds2aurora_stream',
  endLeftovers: 'sql:pg_terminate_backend',
  copy: 'sql:COPY',
  largeObjects: 'pg_restore large objects',
  sequences: 'sql:setval',
  build: buildCall,
  dropMarks: 'sql:DROP SCHEMA rds2aurora_stream',
} as const;

const planFile = 'stream-plan.json';
const writtenSchema = z.object({ sha256: z.string(), parts: z.number() });

/** The plan that this run goes by since the database was last dropped; undefined when its file is not the one written. */
export async function findPlan(
  files: Pick<RunFiles, 'read'>,
  io: StepIo,
): Promise<{ text: string; parts: number } | undefined> {
  const written = findWritten(io);
  if (written === undefined) return undefined;
  const found = await files.read(planFile);
  return found?.sha256 === written.sha256 ? { text: found.text, parts: written.parts } : undefined;
}

/** Copies what is not in yet, builds indexes beside that, and ends with the rest of post-data. Gives the number of parts. */
export async function streamData(
  dependencies: StreamDatabaseDependencies,
  work: StreamWork,
): Promise<number> {
  const { io } = work;
  const written = findWritten(io);
  if (written !== undefined && isDone(io, 'pg_restore post-data')) return written.parts;
  const plan = await makePlan(dependencies, work);
  await copyAll(dependencies.streams, work, plan);
  await restorePart(work, 'post-data', {
    kind: 'without',
    of: new Set(plan.builds.map((build) => build.entry)),
  });
  return plan.parts.length;
}

async function makePlan(
  { streams, files }: StreamDatabaseDependencies,
  { io, input }: StreamWork,
): Promise<StreamPlan> {
  const found = await findPlan(files, io);
  if (found !== undefined) return streams.parsePlan(found.text);
  const plan = await streams.plan(input.source, input.target, input.jobs);
  await io.mutate(
    { call: streamCalls.writePlan, key: planFile },
    () => files.write(planFile, JSON.stringify(plan)),
    (sha256) => ({ detail: { sha256, parts: plan.parts.length } }),
  );
  return plan;
}

function findWritten(io: StepIo): z.output<typeof writtenSchema> | undefined {
  const found = currentIntents(io).findLast(
    (intent) => intent.call === streamCalls.writePlan && intent.effect !== undefined,
  );
  return found === undefined ? undefined : writtenSchema.parse(found.effect?.detail);
}

async function copyAll(streams: StreamGateway, work: StreamWork, plan: StreamPlan): Promise<void> {
  const { io, input } = work;
  const key = input.target.database;
  if (!isDone(io, streamCalls.makeMarks)) {
    await io.mutate({ call: streamCalls.makeMarks, key }, () => streams.makeMarks(input.target));
  }
  // Whoever was killed may have left a session that still commits: it ends before anybody asks what is in.
  if (currentIntents(io).some(({ call, effect }) => effect === undefined && isOfServer(call))) {
    await io.mutate({ call: streamCalls.endLeftovers, key }, () =>
      streams.endLeftovers(input.target, io.signal),
    );
  }
  const { source, target, clients } = input;
  const { signal } = io;
  const order = { source, target, clients, totals: work.totals, signal };
  const told = { ...order, progress: (progress: Progress) => io.progress(progress) };
  await streams.copy(told, async (copier, whileAlive) => {
    await runTasks(
      tasksOf(plan),
      { jobs: input.jobs, done: await listDone(streams, work), signal: whileAlive },
      (task, stop) => doTask(copier, work, task, stop),
    );
    if (isDone(io, streamCalls.sequences)) return;
    await io.mutate(
      { call: streamCalls.sequences, key },
      () => copier.sequences(),
      (sequences) => ({
        detail: { sequences },
      }),
    );
  });
}

const isOfServer = (call: string): boolean =>
  [streamCalls.copy, streamCalls.largeObjects, streamCalls.build, 'pg_restore post-data'].includes(call);

type Task = StreamTask &
  ({ readonly part: StreamPart } | { readonly build: StreamBuild } | { readonly largeObjects: true });

const largeObjects = 'large objects';
const buildId = (label: string): string => `index ${label}`;

/**
 * In the order of the plan, but what can be built goes before what is still to be copied, and constraints and what others
 * wait for before the rest.
 */
function tasksOf({ parts, builds, partsBeforeLargeObjects }: StreamPlan): Task[] {
  const copies = parts.map((part): Task => ({ id: part.key, after: [], lane: 'copy', part }));
  const awaited = new Set(builds.flatMap(({ afterBuilds }) => afterBuilds));
  const rankOf = ({ constraint, label }: StreamBuild): number =>
    Number(!awaited.has(label)) + Number(!constraint);
  return [
    ...builds.toSorted((one, other) => rankOf(one) - rankOf(other)).map(toTask),
    ...copies.slice(0, partsBeforeLargeObjects),
    { id: largeObjects, after: [], lane: 'copy', largeObjects: true },
    ...copies.slice(partsBeforeLargeObjects),
  ];
}

/** What waits for the same parts is of one table, where a plan does not say so. */
function toTask(build: StreamBuild): Task {
  const { after, afterBuilds, constraint } = build;
  const tables = build.tables.length > 0 ? build.tables : [after.join()];
  return {
    ...{ id: buildId(build.label), after: [...after, ...afterBuilds.map(buildId)], lane: 'build' },
    ...{ holds: { tables, alone: constraint }, build },
  };
}

/** Parts as the target knows them, the rest as the journal does. */
async function listDone(streams: StreamGateway, { io, input }: StreamWork): Promise<ReadonlySet<string>> {
  const built = currentIntents(io).flatMap(({ call, key, effect }) =>
    call === streamCalls.build && effect !== undefined ? [buildId(key)] : [],
  );
  return new Set([
    ...((await streams.readMarks(input.target)) ?? []),
    ...built,
    ...(isDone(io, streamCalls.largeObjects) ? [largeObjects] : []),
  ]);
}

async function doTask(copier: Copier, work: StreamWork, task: Task, signal: AbortSignal): Promise<void> {
  const { io, input } = work;
  if ('build' in task) return buildIndex(work, task.build, signal);
  if ('part' in task) {
    const { key } = task.part;
    await io.mutate(
      { call: streamCalls.copy, key },
      () => copier.part(task.part, signal),
      (rows) => ({
        detail: { rows },
      }),
    );
    return;
  }
  await io.mutate({ call: streamCalls.largeObjects, key: input.target.database }, () =>
    copier.largeObjects(signal),
  );
}
