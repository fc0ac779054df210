import type { StepIo } from '../pipeline/step.js';
import type { ExtensionFact } from '../postgres/extension-changes.js';
import type { Change } from '../postgres/role-changes.js';
import type { TargetGateway, TargetState } from '../postgres/target-gateway.js';
import { psql, sqlName } from './by-hand.js';
import type { ServerRef } from './refs.js';

export interface TargetServers {
  readonly source: ServerRef;
  readonly target: ServerRef;
  /** See `DataSource.isGone`. */
  readonly isGone?: boolean;
}

const goesWithStack = ({ target }: TargetServers): string =>
  `database ${target.database} on ${target.host} goes with the stack that this run has made`;

/** How an undo is done by hand; nothing is to be done where undoing an earlier step deletes the whole server. */
export function noteUndo(servers: TargetServers, byHand: () => readonly string[]): readonly string[] {
  return servers.isGone === true ? [`# nothing by hand: ${goesWithStack(servers)}`] : byHand();
}

/** Statements about a database are run from another one. */
export function noteOnServer(target: ServerRef, ...statements: readonly string[]): string {
  const other = target.database === 'postgres' ? 'template1' : 'postgres';
  return psql({ ...target, database: other }, ...statements);
}

/** Drops the database with all that is in it, and makes it again, empty and as a new server has it. */
export function noteEmptying(target: ServerRef): string {
  return noteOnServer(target, dropStatement(target), `CREATE DATABASE ${sqlName(target.database)}`);
}

export function dropStatement({ database }: ServerRef): string {
  return `DROP DATABASE IF EXISTS ${sqlName(database)} WITH (FORCE)`;
}

/** Leaves the database alone where undoing an earlier step deletes the whole server. */
export async function undoUnlessGone(
  io: StepIo,
  servers: TargetServers,
  undo: () => Promise<void>,
): Promise<void> {
  if (servers.isGone === true) io.note(goesWithStack(servers));
  else await undo();
}

export const calls = {
  create: 'sql:CREATE DATABASE',
  drop: 'sql:DROP DATABASE',
  mark: 'sql:COMMENT ON DATABASE',
  createRole: 'sql:CREATE ROLE',
} as const;

/** Comment by which a database is known to be made, or found empty and taken, by a run. Only such a one is ever dropped. */
export function markerOf(runId: string): string {
  return `rds2aurora run ${runId}`;
}

/** Creates the database empty, as the source's is, and marks it. */
export async function createMarked(
  gateway: TargetGateway,
  io: StepIo,
  { source, target }: TargetServers,
): Promise<void> {
  const form = await gateway.readForm(source);
  await io.mutate({ call: calls.create, key: target.database }, () => gateway.create(target, form));
  await mark(gateway, io, target, { comment: null, form });
}

export function mark(
  gateway: TargetGateway,
  io: StepIo,
  target: ServerRef,
  { comment, form }: Pick<TargetState, 'comment' | 'form'>,
): Promise<void> {
  return io.mutate({ call: calls.mark, key: target.database, before: { comment, form } }, () =>
    gateway.mark(target, markerOf(io.runId)),
  );
}

/** Extensions, then what the database itself is set to. Gives the extensions with their versions on the target. */
export async function furnish(
  gateway: TargetGateway,
  io: StepIo,
  { source, target }: TargetServers,
  wanted: readonly ExtensionFact[],
): Promise<{ name: string; version: string }[]> {
  const { changes, extensions } = await gateway.planExtensions(wanted, target, true);
  await applyAll(io, changes, (change) => gateway.apply(target, change));
  await applyAll(io, await gateway.planDatabase(source, target), (change) => gateway.apply(target, change));
  return extensions;
}

/**
 * Each change with its own intent. One that AWS may refuse is told to people when it does.
 * @param purpose tells these intents from others with the same statement
 */
export async function applyAll(
  io: StepIo,
  changes: readonly Change[],
  apply: (change: Change) => Promise<boolean>,
  purpose = '',
): Promise<void> {
  for (const change of changes) {
    const intent = { call: `sql:${change.statement}${purpose}`, key: change.key };
    const done = await io.mutate(
      intent,
      () => apply(change),
      (applied) => ({ detail: { applied } }),
    );
    if (!done) io.note(`refused, do it by hand if you need it: ${change.statement} ${change.key}`);
  }
}
