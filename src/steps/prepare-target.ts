/**
 * Makes ready what is restored into: refuses a database that holds anything, marks it as this run's, recreates roles by
 * RDS rules and without passwords, creates extensions first. A crash leaves some of it; running again adds the rest.
 */
import type { Config } from '../config/schema.js';
import { PreconditionError, VerifyError } from '../errors.js';
import type { PlanIo, RecordedIntent, Step, StepIo } from '../pipeline/step.js';
import type { TargetGateway, TargetState } from '../postgres/target-gateway.js';
import { sqlName, sqlText } from './by-hand.js';
import { dataSourceOf } from './data-source.js';
import {
  awaitTarget,
  databaseForm,
  isSameForm,
  prepareTarget,
  type DatabaseForm,
  type ServerRef,
} from './refs.js';
import {
  applyAll,
  calls,
  createMarked,
  dropStatement,
  furnish,
  mark,
  markerOf,
  noteEmptying,
  noteOnServer,
  noteUndo,
  undoUnlessGone,
} from './target-database.js';
import type { TargetServers } from './target-database.js';

export interface PrepareTargetDependencies {
  readonly target: TargetGateway;
}

type Output = ReturnType<(typeof prepareTarget)['output']['parse']>;

export function createPrepareTarget({
  target: gateway,
}: PrepareTargetDependencies): Step<TargetServers, Output, Config> {
  return {
    ...prepareTarget,
    title: 'Prepare the target database',
    reversal: {
      kind: 'undo',
      note: (input, { intents }) => noteUndo(input, () => noteAsFound(input, intents)),
      undo: (io, input) => undoUnlessGone(io, input, () => undo(gateway, io, input)),
    },
    typicalSeconds: [2, 20],
    writersPaused: true,
    select: (from) => ({
      ...dataSourceOf(from),
      target: from.outputOf(awaitTarget).server,
    }),
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          `database ${config.source.database} on ${config.target.cluster}: must be empty, then marked as this run's`,
          'roles without passwords, extensions in versions no older, database settings and grants',
        ],
        calls: [calls.create, calls.mark, calls.drop, calls.createRole, 'sql:CREATE EXTENSION'],
      }),
    run: (io, input) => run(gateway, io, input),
    verify: (io, input, output) => verify(gateway, io, input, output),
  };
}

async function run(gateway: TargetGateway, io: StepIo, input: TargetServers): Promise<Output> {
  const { source, target } = input;
  const [state, wanted] = await Promise.all([gateway.inspect(target), gateway.readExtensions(source)]);
  const marker = markerOf(io.runId);
  if (state.comment !== marker) refuseContents(state, input);
  // Asked before anything is changed: an extension that cannot be had ends the run here.
  await gateway.planExtensions(wanted, target, state.exists);
  if (state.exists && state.comment !== marker) await mark(gateway, io, target, state);
  if (!state.exists) await createMarked(gateway, io, input);
  else if (!(await hasForm(gateway, state, source))) await makeAnew(gateway, io, input);
  await createRoles(gateway, io, input);
  const extensions = await furnish(gateway, io, input, wanted);
  const created = io.intents().filter((intent) => intent.call === calls.createRole);
  return {
    marker,
    databaseCreated: io.intents().some((intent) => intent.call === calls.create),
    rolesCreated: [...new Set(created.map((intent) => intent.key))],
    rolesWithoutPassword: [
      ...new Set(created.filter((one) => one.before?.['login'] === true).map((one) => one.key)),
    ],
    extensions,
  };
}

async function hasForm(gateway: TargetGateway, state: TargetState, source: ServerRef): Promise<boolean> {
  return isSameForm(state.form, await gateway.readForm(source));
}

/** Encoding and locale are chosen when a database is created (PostgreSQL: CREATE DATABASE), and this one is empty. */
async function makeAnew(gateway: TargetGateway, io: StepIo, input: TargetServers): Promise<void> {
  const { target } = input;
  io.note(`making ${target.database} anew, with encoding and locale of the source's`);
  await io.mutate({ call: calls.drop, key: target.database }, () => gateway.drop(target, markerOf(io.runId)));
  await createMarked(gateway, io, input);
}

async function createRoles(
  gateway: TargetGateway,
  io: StepIo,
  { source, target }: TargetServers,
): Promise<void> {
  const { changes, withoutPassword } = await gateway.planRoles(source, target);
  const logins = new Set(withoutPassword);
  for (const change of changes.filter((one) => one.statement === 'CREATE ROLE')) {
    const intent = { call: calls.createRole, key: change.key, before: { login: logins.has(change.key) } };
    await io.mutate(intent, () => gateway.applyToServer(target, change));
  }
  const others = changes.filter((one) => one.statement !== 'CREATE ROLE');
  await applyAll(io, others, (change) => gateway.applyToServer(target, change));
  if (logins.size > 0) io.note(`set passwords on the target for: ${[...logins].join(', ')}`);
}

function refuseContents(state: TargetState, { target }: TargetServers): void {
  if (state.contents.length === 0) return;
  throw new PreconditionError(
    'TargetNotEmpty',
    `database ${target.database} on ${target.host} is not empty`,
    {
      why: `it holds ${state.contents.join(', ')}`,
      next: [
        'choose another target, or empty that database yourself: this tool drops only what its own run has made',
      ],
      resource: `${target.host}/${target.database}`,
    },
  );
}

async function verify(
  gateway: TargetGateway,
  _io: PlanIo,
  { target }: TargetServers,
  output: Output,
): Promise<void> {
  const state = await gateway.inspect(target);
  if (state.comment !== output.marker) {
    throw new VerifyError(
      'TargetNotMarked',
      `database ${target.database} on ${target.host} does not carry this run's mark`,
      {
        why: state.exists ? `its comment is ${JSON.stringify(state.comment)}` : 'it does not exist',
      },
    );
  }
  const present = new Set((await gateway.readExtensions(target)).map((one) => one.name));
  const missing = output.extensions.filter((one) => !present.has(one.name));
  if (missing.length === 0) return;
  throw new VerifyError(
    'ExtensionsMissing',
    `extensions missing on the target: ${missing.map((one) => one.name).join(', ')}`,
  );
}

/** The same by hand, in as many commands as there are things to be taken back. */
function noteAsFound({ target }: TargetServers, intents: readonly RecordedIntent[]): string[] {
  const found = foundBefore(intents);
  const created = intents.some(({ call }) => call === calls.create);
  const roles = new Set(intents.filter(({ call }) => call === calls.createRole).map(({ key }) => key));
  const onDatabase =
    found !== undefined
      ? [noteEmptying(target)]
      : created
        ? [noteOnServer(target, dropStatement(target))]
        : [];
  const recommented =
    typeof found?.comment === 'string'
      ? [noteOnServer(target, `COMMENT ON DATABASE ${sqlName(target.database)} IS ${sqlText(found.comment)}`)]
      : [];
  return [
    ...onDatabase,
    ...recommented,
    ...[...roles].map((role) => noteOnServer(target, `DROP ROLE IF EXISTS ${sqlName(role)}`)),
  ];
}

interface FoundDatabase {
  readonly comment: string | null;
  readonly form: DatabaseForm | undefined;
}

/** The database as it was before the run; undefined when there was none, or nothing has been done to it. */
function foundBefore(intents: readonly RecordedIntent[]): FoundDatabase | undefined {
  const first = intents.find(({ call }) => call === calls.mark || call === calls.create);
  if (first?.call !== calls.mark) return undefined;
  const comment = first.before?.['comment'];
  const form = databaseForm.safeParse(first.before?.['form']);
  return { comment: typeof comment === 'string' ? comment : null, form: form.data };
}

/** Leaves the database as it was found: not there, or empty and without our mark. */
async function undo(gateway: TargetGateway, io: StepIo, { source, target }: TargetServers): Promise<void> {
  const intents = io.intents();
  const found = foundBefore(intents);
  const created = intents.some((intent) => intent.call === calls.create);
  const marker = markerOf(io.runId);
  let state = await gateway.inspect(target);
  const isOfRun = created && !isSameForm(state.form, found?.form);
  if (isOfRun && state.exists && state.comment === null && state.contents.length === 0) {
    // Made by a run that died before it could mark it; only what is marked is dropped.
    await mark(gateway, io, target, state);
    state = { ...state, comment: marker };
  }
  if (state.comment === marker) {
    await io.mutate({ call: calls.drop, key: target.database }, () => gateway.drop(target, marker));
  }
  if (found !== undefined && (state.comment === marker || !state.exists)) {
    const form = found.form ?? (await gateway.readForm(source));
    await io.mutate({ call: `${calls.create} empty`, key: target.database }, async () => {
      await gateway.create(target, form);
      await gateway.mark(target, found.comment);
    });
  }
  for (const intent of intents.filter((one) => one.call === calls.createRole)) {
    const dropped = await io.mutate({ call: 'sql:DROP ROLE', key: intent.key }, () =>
      gateway.dropRole(target, intent.key),
    );
    if (!dropped) io.note(`role ${intent.key} is in use on the target and stays`);
  }
}
