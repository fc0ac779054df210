/**
 * In place only. Deletes the old stack, and the source with it: after the snapshot was proven `available` once more, and
 * the saved stack and its secrets were proven readable. What CloudFormation does is followed event by event.
 * A crash leaves a deletion that goes on by itself; the next attempt finds the stack by its id, which outlives it.
 */
import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { SecretVault } from '../aws/secret-vault.js';
import type { StackWaits } from '../aws/stack-waits.js';
import type { Config } from '../config/schema.js';
import { PreconditionError, VerifyError } from '../errors.js';
import type { Reversal, Step, StepIo } from '../pipeline/step.js';
import type { RunFiles } from '../process/run-files.js';
import { untilGone } from './await-deletion.js';
import { noteComeback } from './comeback-by-hand.js';
import { comeBack, type ComebackDeps, type ComebackInput } from './recreate-stack.js';
import {
  checkReadiness,
  deleteStack,
  fingerprintSource,
  pauseWriters,
  saveStack,
  takeSnapshot,
  type SnapshotFacts,
} from './refs.js';
import { findProtections } from './removal-problems.js';
import { readSavedStack, type SavedStack } from './saved-stack.js';

export interface DeleteStackDeps extends ComebackDeps {
  readonly cloudFormation: ComebackDeps['cloudFormation'] &
    Pick<CloudFormationGateway, 'readStackDetails' | 'listImporters'>;
  readonly rds: ComebackDeps['rds'] & Pick<RdsGateway, 'findSnapshot'>;
  readonly vault: ComebackDeps['vault'] & Pick<SecretVault, 'assertReadable'>;
  readonly waits: StackWaits;
  readonly files: RunFiles;
  /** A fresh start whose user gave the last copy up, too: there is no way back. */
  readonly withoutSnapshot?: boolean;
}

type Out = ReturnType<typeof deleteStack.output.parse>;

interface In extends Omit<ComebackInput, 'snapshot'> {
  /** Absent where a fresh start gave it up. */
  readonly snapshot: SnapshotFacts | undefined;
}

export function createDeleteStack(deps: DeleteStackDeps): Step<In, Out, Config> {
  return {
    ...deleteStack,
    title: 'Delete the old stack',
    typicalSeconds: [300, 1_200],
    writersPaused: true,
    // The source goes with the stack, and the application with it where the stack owns that too.
    overtakes: [checkReadiness.id, pauseWriters.id],
    reversal: reversalOf(deps),
    select: ({ config, outputOf, findOutputOf }) => ({
      config,
      saved: outputOf(saveStack),
      snapshot: findOutputOf(takeSnapshot),
      server: outputOf(checkReadiness).source.server,
      fingerprint: outputOf(fingerprintSource),
      readOnlyBefore: outputOf(pauseWriters).database.previousDefaultReadOnly,
    }),
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          ...(deps.withoutSnapshot === true
            ? [
                `DELETES the stack ${config.source.stack ?? ''} with ${config.source.instance} in it, WITHOUT a final snapshot (its template may make one: DeletionPolicy)`,
              ]
            : [
                `DELETES the stack ${config.source.stack ?? ''} with ${config.source.instance} in it, once the snapshot is proven available and the saved stack readable`,
                'rollback makes it again from the snapshot, and compares it with the fingerprint',
              ]),
        ],
        calls: ['cloudformation:DeleteStack'],
      }),
    run: async (io, input) => {
      const saved = await prove(deps, input);
      await remove(deps, io, input, saved);
      const resources = await deps.cloudFormation.listResources(input.saved.stackId);
      return {
        stackId: input.saved.stackId,
        kept: resources
          .filter((one) => one.status === 'DELETE_SKIPPED')
          .map(({ logicalId, physicalId, type }) => ({ logicalId, physicalId, type })),
        deletedAt: io.clock.now().toISOString(),
      };
    },
    verify: async (_io, { saved }, output) => {
      const stack = await deps.cloudFormation.findStack(output.stackId);
      if (stack === undefined || stack.status === 'DELETE_COMPLETE') return;
      throw new VerifyError('StackNotDeleted', `the stack ${saved.stackName} is ${stack.status}`, {
        resource: output.stackId,
      });
    },
  };
}

function reversalOf(deps: DeleteStackDeps): Reversal<In, Out> {
  if (deps.withoutSnapshot === true)
    return {
      kind: 'point-of-no-return',
      because:
        'the source is deleted with its stack and without a final snapshot, as was confirmed: nothing brings its data back',
    };
  return {
    kind: 'undo',
    note: (input, { intents }) => {
      const { snapshot, ...order } = withSnapshot(input);
      return noteComeback(deps.files, { ...order, snapshotArn: snapshot.snapshotArn }, intents);
    },
    undo: (io, input) => comeBack(deps, io, withSnapshot(input)),
  };
}

function withSnapshot({ snapshot, ...input }: In): ComebackInput {
  if (snapshot === undefined) throw new Error('this path takes a snapshot before it deletes the stack');
  return { ...input, snapshot };
}

/** @throws PreconditionError or VerifyError when the stack could not be brought back: then nothing is deleted */
async function prove(deps: DeleteStackDeps, input: In): Promise<SavedStack> {
  const { saved } = input;
  await deps.vault.assertReadable(saved.secretsFile, saved.secretsSha256);
  if (deps.withoutSnapshot === true) return readSavedStack(deps.files, saved);
  const { snapshot } = withSnapshot(input);
  const found = await deps.rds.findSnapshot(snapshot.snapshotIdentifier);
  if (found?.status !== 'available' || found.arn !== snapshot.snapshotArn)
    throw new PreconditionError(
      'SnapshotNotAvailable',
      `the snapshot ${snapshot.snapshotIdentifier} is ${found?.status ?? 'gone'}: nothing is deleted`,
      { why: 'The database would be lost with its stack', resource: snapshot.snapshotArn, resumable: true },
    );
  return readSavedStack(deps.files, saved);
}

async function remove(deps: DeleteStackDeps, io: StepIo, input: In, saved: SavedStack): Promise<void> {
  const { stackId, stackName } = input.saved;
  const stack = await deps.cloudFormation.findStack(stackId);
  if (stack === undefined || stack.status === 'DELETE_COMPLETE') return;
  if (stack.status !== 'DELETE_IN_PROGRESS') {
    await refuseImports(deps, saved);
    await refuseProtections(deps, input);
    await liftProtections(deps, io, input);
    const attempt = io.intents().filter(({ call }) => call === 'cloudformation:DeleteStack').length;
    await io.mutate({ call: 'cloudformation:DeleteStack', key: stackName, before: { stackId } }, () =>
      deps.cloudFormation.deleteStack(stackId, `${io.runId}-${io.stepId}-${String(attempt)}`),
    );
  }
  await untilGone(deps, io, stackId, stackName);
}

/** Somebody may have begun to import since the stack was saved; CloudFormation would call the deletion off in silence. */
async function refuseImports({ cloudFormation }: DeleteStackDeps, { details }: SavedStack): Promise<void> {
  for (const name of details.exports) {
    const importers = await cloudFormation.listImporters(name);
    if (importers.length > 0)
      throw new PreconditionError('ExportInUse', `the export ${name} is used by ${importers.join(', ')}`, {
        why: 'CloudFormation does not delete a stack whose exports are in use',
        next: [`take the import out of ${importers.join(', ')}, then resume`],
        resource: details.id,
        resumable: true,
      });
  }
}

/** Likewise: RDS would keep a protected instance, and the stack would end in DELETE_FAILED, half of it gone. */
async function refuseProtections(deps: DeleteStackDeps, { config, saved }: In): Promise<void> {
  const details = await deps.cloudFormation.readStackDetails(saved.stackName);
  const problems = await findProtections(deps, config, details);
  const [first] = problems;
  if (first === undefined) return;
  throw new PreconditionError(first.code, problems.map(({ what }) => what).join('; '), {
    why: `It was switched on after the checks: ${first.why}`,
    next: [...problems.map(({ fix }) => fix), 'then resume'],
    resource: details.id,
    resumable: true,
  });
}

/** Only where the configuration says so; otherwise `refuseProtections` has refused. */
async function liftProtections(
  { cloudFormation, rds, databaseWaits }: DeleteStackDeps,
  io: StepIo,
  { config, saved: { stackName } }: In,
): Promise<void> {
  const { replace, source } = config;
  if (replace?.liftTerminationProtection === true) {
    const { terminationProtection } = await cloudFormation.readStackDetails(stackName);
    if (terminationProtection)
      await io.mutate(
        {
          call: 'cloudformation:UpdateTerminationProtection',
          key: stackName,
          before: { terminationProtection },
        },
        () => cloudFormation.setTerminationProtection(stackName, false),
      );
  }
  if (replace?.liftDeletionProtection !== true) return;
  const instance = await rds.findInstance(source.instance);
  if (instance?.deletionProtection !== true) return;
  await io.mutate(
    { call: 'rds:ModifyDBInstance', key: source.instance, before: { deletionProtection: true } },
    () => rds.setInstanceDeletionProtection(source.instance, false),
  );
  await databaseWaits.untilInstanceAvailable(io, source.instance);
}
