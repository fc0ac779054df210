import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { Stack } from '../aws/cloudformation-stacks.js';
import type { DatabaseWaits } from '../aws/database-waits.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { TemplateTools } from '../aws/template-tools.js';
import type { Config } from '../config/schema.js';
import { VerifyError } from '../errors.js';
import type { StepIo } from '../pipeline/step.js';
import type { FingerprintGateway } from '../postgres/fingerprint-gateway.js';
import type { RestoredDatabaseGateway } from '../postgres/restored-database-gateway.js';
import type { RunFiles } from '../process/run-files.js';
import { untilGone } from './await-deletion.js';
import { bring, deployFresh, holds, type FreshStack, type FreshStackDeps } from './fresh-stack.js';
import { isOfStep, ownTags } from './ownership.js';
import type { saveStack, ServerRef, SnapshotFacts } from './refs.js';
import { readSavedStack, type SavedStack } from './saved-stack.js';
import { bringSecretsBack, putValuesBack, type SealedSecretsDeps } from './sealed-secrets.js';
import { readSourceFingerprint, type FingerprintFile } from './source-fingerprint.js';

export interface ComebackDeps extends FreshStackDeps, SealedSecretsDeps {
  readonly rds: FreshStackDeps['rds'] & Pick<RdsGateway, 'findInstance' | 'setInstanceDeletionProtection'>;
  readonly cloudFormation: FreshStackDeps['cloudFormation'] &
    Pick<CloudFormationGateway, 'setTerminationProtection' | 'setStackPolicy' | 'readStackDetails'>;
  readonly templates: FreshStackDeps['templates'] & Pick<TemplateTools, 'restoreInstance' | 'withoutTasks'>;
  readonly databaseWaits: Pick<DatabaseWaits, 'untilInstanceAvailable'>;
  readonly fingerprints: FingerprintGateway;
  readonly restored: Pick<RestoredDatabaseGateway, 'readReadOnly' | 'setReadOnly'>;
  readonly files: RunFiles;
}

export interface ComebackInput {
  readonly config: Config;
  readonly saved: ReturnType<typeof saveStack.output.parse>;
  readonly snapshot: SnapshotFacts;
  /** Where the source was, and is again: an endpoint is made of the identifier. */
  readonly server: ServerRef;
  readonly fingerprint: FingerprintFile;
  readonly readOnlyBefore: string | null;
}

const liftCall = 'sql:ALTER DATABASE default_transaction_read_only';

/**
 * Makes the old stack again as it was saved, its instance restored from the snapshot; compares the database with the
 * fingerprint; gives the secrets their values back; and lets the application write. Nothing is done when the deletion
 * was never asked for.
 */
export async function comeBack(deps: ComebackDeps, io: StepIo, input: ComebackInput): Promise<void> {
  if (!(await finishDeletion(deps, io, input))) return protectOriginal(deps, io, input);
  const saved = await readSavedStack(deps.files, input.saved);
  const fresh = oldStackOf(deps, io, input, saved);
  const found = await findAtRest(deps, io, fresh.name);
  if (found === undefined || !(await holds(deps, found, fresh.template))) {
    // The lift follows the comparison: once it was begun the application may have written, and nothing would be equal.
    if (!io.intents().some(({ call }) => call === liftCall)) {
      await deployWithoutTasks(deps, io, input, saved, fresh);
      await compare(deps, io, input);
      await putValuesBack(deps, io, input.saved);
    }
    await lift(deps, io, input);
    const stage = await deps.cloudFormation.findStack(fresh.name);
    if (stage !== undefined && !(await holds(deps, stage, fresh.template)))
      await bring(deps, io, fresh, stage);
  }
  await protectAgain(deps, io, saved);
  io.note(
    `${fresh.name} stands again; DBSnapshotIdentifier has to stay in its template, and the snapshot ${input.snapshot.snapshotIdentifier} is kept for it`,
  );
}

/** The stack that an earlier attempt made, once CloudFormation has done with it. */
async function findAtRest(deps: ComebackDeps, io: StepIo, name: string): Promise<Stack | undefined> {
  const found = await deps.cloudFormation.findStack(name);
  if (found === undefined || !isOfStep(found, io)) return undefined;
  const isMoving = found.status.endsWith('_IN_PROGRESS') && found.status !== 'REVIEW_IN_PROGRESS';
  return isMoving && found.status !== 'DELETE_IN_PROGRESS'
    ? deps.waits.untilStackSettled(io, found.id)
    : found;
}

/** @returns false when the old stack stands as it stood, because CloudFormation never began */
async function finishDeletion(deps: ComebackDeps, io: StepIo, { saved }: ComebackInput): Promise<boolean> {
  if (!io.intents().some(({ call }) => call === 'cloudformation:DeleteStack')) return false;
  const stack = await deps.cloudFormation.findStack(saved.stackId);
  if (stack === undefined || stack.status === 'DELETE_COMPLETE') return true;
  if (!stack.status.startsWith('DELETE_')) return false;
  // Half a stack serves nobody: it is deleted to the end, and made again whole.
  if (stack.status === 'DELETE_FAILED')
    await io.mutate({ call: 'cloudformation:DeleteStack', key: saved.stackName }, () =>
      deps.cloudFormation.deleteStack(
        saved.stackId,
        `${io.runId}-${io.stepId}-undo-${String(io.intents().length)}`,
      ),
    );
  await untilGone(deps, io, saved.stackId, saved.stackName, 'roll back again');
  return true;
}

function oldStackOf(
  deps: ComebackDeps,
  io: StepIo,
  { snapshot }: ComebackInput,
  saved: SavedStack,
): FreshStack {
  const { details, template, source } = saved;
  const edited = deps.templates.restoreInstance(template.original, source, snapshot.snapshotArn);
  const values = details.parameters.map(({ name, value }) => [name, value] as const);
  return {
    name: details.name,
    template: edited.text,
    parameters: { ...Object.fromEntries(values), ...edited.parameters },
    capabilities: details.capabilities,
    tags: { ...details.tags, ...ownTags(io) },
    ...(details.roleArn === null ? {} : { roleArn: details.roleArn }),
    notificationArns: details.notificationArns,
  };
}

async function deployWithoutTasks(
  deps: ComebackDeps,
  io: StepIo,
  input: ComebackInput,
  saved: SavedStack,
  fresh: FreshStack,
): Promise<void> {
  const stage = { ...fresh, template: deps.templates.withoutTasks(fresh.template) };
  await deployFresh(deps, io, stage, async () => [
    ...(await keptResources(deps, input)),
    ...(await bringSecretsBack(deps, io, input.saved, saved)),
  ]);
  await deps.databaseWaits.untilInstanceAvailable(io, input.config.source.instance, { justCreated: true });
}

/** What the old stack retained, secrets aside; a deleted stack is known by its id for 90 days. */
async function keptResources({ cloudFormation }: ComebackDeps, { saved }: ComebackInput) {
  const resources = await cloudFormation.listResources(saved.stackId);
  return resources
    .filter(({ status, type }) => status === 'DELETE_SKIPPED' && type !== 'AWS::SecretsManager::Secret')
    .map(({ logicalId, physicalId, type }) => ({ logicalId, physicalId, type }));
}

/** @throws VerifyError when the database that came back is not the one that was paused */
async function compare(deps: ComebackDeps, io: StepIo, input: ComebackInput): Promise<void> {
  const before = await readSourceFingerprint(deps, input.fingerprint);
  const now = await deps.fingerprints.take(input.server, {
    mode: input.config.verify.rows,
    signal: io.signal,
    comparedWith: before,
    progress: (progress) => io.progress(progress),
  });
  const failed = deps.fingerprints.compare(before, now).filter((one) => one.result !== 'match');
  if (failed.length === 0) {
    io.note(`${input.config.source.instance} holds what it held when its writers were paused`);
    return;
  }
  throw new VerifyError(
    'SourceDiffers',
    `${input.config.source.instance} does not hold what it held, in ${String(failed.length)} places`,
    {
      why: failed
        .slice(0, 10)
        .map(({ item, result }) => `${item}: ${result}`)
        .join('; '),
      next: ['the application has not been started: look into the places named, then roll back again'],
      resource: input.server.host,
      resumable: true,
    },
  );
}

/** The snapshot was taken while the writers were paused, and took that along. */
async function lift(
  { restored }: ComebackDeps,
  io: StepIo,
  { server, readOnlyBefore }: ComebackInput,
): Promise<void> {
  const value = await restored.readReadOnly(server);
  if (value === readOnlyBefore) return;
  await io.mutate({ call: liftCall, key: server.database, before: { value } }, () =>
    restored.setReadOnly(server, readOnlyBefore),
  );
}

/** The deletion never began: what was switched off for it is switched on again. */
async function protectOriginal(
  { cloudFormation, rds }: ComebackDeps,
  io: StepIo,
  { config: { source }, saved: { stackName } }: ComebackInput,
): Promise<void> {
  const calls = io.intents().map(({ call }) => call);
  if (
    calls.includes('rds:ModifyDBInstance') &&
    (await rds.findInstance(source.instance))?.deletionProtection === false
  )
    await io.mutate({ call: 'rds:ModifyDBInstance', key: source.instance }, () =>
      rds.setInstanceDeletionProtection(source.instance, true),
    );
  if (!calls.includes('cloudformation:UpdateTerminationProtection')) return;
  if (!(await cloudFormation.readStackDetails(stackName)).terminationProtection)
    await io.mutate({ call: 'cloudformation:UpdateTerminationProtection', key: stackName }, () =>
      cloudFormation.setTerminationProtection(stackName, true),
    );
}

async function protectAgain(
  { cloudFormation }: ComebackDeps,
  io: StepIo,
  { details }: SavedStack,
): Promise<void> {
  const { name, terminationProtection, policy } = details;
  const now = await cloudFormation.readStackDetails(name);
  if (terminationProtection && !now.terminationProtection)
    await io.mutate({ call: 'cloudformation:UpdateTerminationProtection', key: name }, () =>
      cloudFormation.setTerminationProtection(name, true),
    );
  if (policy !== null && now.policy !== policy)
    await io.mutate({ call: 'cloudformation:SetStackPolicy', key: name }, () =>
      cloudFormation.setStackPolicy(name, policy),
    );
}
