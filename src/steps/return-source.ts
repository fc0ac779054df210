import type { DatabaseWaits } from '../aws/database-waits.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { InstanceSettings } from '../aws/rds-instance-settings.js';
import type { Config } from '../config/schema.js';
import { MigrationError, PreconditionError, VerifyError } from '../errors.js';
import type { RecordedIntent, StepIo } from '../pipeline/step.js';
import type { FingerprintGateway } from '../postgres/fingerprint-gateway.js';
import type { RunFiles } from '../process/run-files.js';
import { word } from './by-hand.js';
import { isOfStep, ownTags } from './ownership.js';
import type { ServerRef, SnapshotFacts } from './refs.js';
import { readSavedSource, returnFile } from './saved-source.js';
import type { SavedFile } from './saved-stack.js';
import { readSourceFingerprint, type FingerprintFile } from './source-fingerprint.js';

export interface ReturnDeps {
  readonly rds: Pick<
    RdsGateway,
    | 'findInstance'
    | 'readInstanceSettings'
    | 'returnInstance'
    | 'adjustInstance'
    | 'deleteInstance'
    | 'setInstanceDeletionProtection'
    | 'findSnapshot'
  >;
  readonly waits: Pick<DatabaseWaits, 'untilInstanceAvailable' | 'untilInstanceGone'>;
  readonly fingerprints: FingerprintGateway;
  readonly files: RunFiles;
}

export interface ReturnInput {
  readonly config: Config;
  readonly saved: SavedFile;
  /** Absent where the user gave it up. */
  readonly snapshot: SnapshotFacts | undefined;
  /** Where the source was, and is again: an endpoint is made of the identifier. */
  readonly server: ServerRef;
  readonly fingerprint: FingerprintFile;
}

export const deleteCall = 'rds:DeleteDBInstance';
export const protectCall = 'rds:ModifyDBInstance';
const restoreCall = 'rds:RestoreDBInstanceFromDBSnapshot';

/** By hand: from what `save-source` has written for the AWS CLI. Maintenance window and the like stay at RDS's own choice. */
export function noteReturn(
  { files }: Pick<ReturnDeps, 'files'>,
  { config: { source }, saved }: ReturnInput,
  intents: readonly RecordedIntent[],
): string[] {
  const instance = word(source.instance);
  if (!intents.some(({ call }) => call === deleteCall))
    return [
      `aws rds modify-db-instance --db-instance-identifier ${instance} --deletion-protection --apply-immediately`,
    ];
  return [
    `aws rds restore-db-instance-from-db-snapshot --cli-input-json ${word(`file://${files.pathOf(returnFile)}`)}`,
    `aws rds wait db-instance-available --db-instance-identifier ${instance}`,
    `# all that it had stands in ${files.pathOf(saved.file)}; a restore cannot be asked for its maintenance window and its monitoring`,
  ];
}

/**
 * Makes the source again from the final snapshot, under its name and with its settings, so that its endpoint and the
 * physical id in its stack are as before; and compares what it holds with the fingerprint. Its writers stay paused: the
 * snapshot was taken so, and the undo of that step lets them write. Safe to call again.
 */
export async function returnSource(deps: ReturnDeps, io: StepIo, input: ReturnInput): Promise<void> {
  const settings = await readSavedSource(deps.files, input.saved);
  const { identifier } = settings;
  if ((await deps.rds.findInstance(identifier))?.status === 'deleting')
    await deps.waits.untilInstanceGone(io, identifier);
  const found = await deps.rds.readInstanceSettings(identifier);
  if (found?.resourceId === settings.resourceId) return protectAgain(deps, io, settings, found);
  if (found === undefined) await restore(deps, io, input, settings);
  else if (!isOfStep(found, io)) throw takenName(found);
  await deps.waits.untilInstanceAvailable(io, identifier, { justCreated: true });
  await adjust(deps, io, settings);
  await compare(deps, io, input);
}

/** The deletion never came about: what was switched off for it is switched on again. */
async function protectAgain(
  { rds, waits }: ReturnDeps,
  io: StepIo,
  settings: InstanceSettings,
  found: InstanceSettings,
): Promise<void> {
  if (!settings.deletionProtection || found.deletionProtection) return;
  await waits.untilInstanceAvailable(io, settings.identifier);
  await io.mutate({ call: protectCall, key: settings.identifier }, () =>
    rds.setInstanceDeletionProtection(settings.identifier, true),
  );
}

async function restore(
  { rds }: ReturnDeps,
  io: StepIo,
  { snapshot }: ReturnInput,
  settings: InstanceSettings,
): Promise<void> {
  const name = snapshot?.snapshotIdentifier ?? '';
  const found = snapshot === undefined ? undefined : await rds.findSnapshot(name);
  if (found?.status !== 'available' || found.arn !== snapshot?.snapshotArn)
    throw new MigrationError(
      'SnapshotNotAvailable',
      `the final snapshot ${name} is ${found?.status ?? 'gone'}`,
      {
        why: `${settings.identifier} comes back from it, or not at all`,
        next: [`aws rds describe-db-snapshots --db-snapshot-identifier ${name}`],
        resource: snapshot?.snapshotArn ?? settings.arn,
        resumable: true,
      },
    );
  await io.mutate(
    { call: restoreCall, key: settings.identifier },
    () => rds.returnInstance({ settings, snapshot: found.identifier, tags: ownTags(io) }),
    ({ outcome, arn }) => ({ detail: { outcome }, ...(arn === undefined ? {} : { arn }) }),
  );
}

function takenName(found: InstanceSettings): PreconditionError {
  return new PreconditionError(
    'SourceNameTaken',
    `there is an instance ${found.identifier}, and this run did not make it`,
    {
      why: 'The source was deleted by this run, and somebody has made another under its name',
      next: ['rename or delete that instance if nobody needs it, then roll back again'],
      resource: found.arn,
      resumable: true,
    },
  );
}

async function adjust({ rds, waits }: ReturnDeps, io: StepIo, settings: InstanceSettings): Promise<void> {
  const { identifier } = settings;
  const found = await rds.readInstanceSettings(identifier);
  if (found === undefined || !needsAdjustment(settings, found)) return;
  await io.mutate({ call: protectCall, key: identifier }, () => rds.adjustInstance(settings, found));
  await waits.untilInstanceAvailable(io, identifier);
}

/** The settings that a restore cannot be asked for. */
function needsAdjustment(wanted: InstanceSettings, found: InstanceSettings): boolean {
  return (
    wanted.maintenanceWindow !== found.maintenanceWindow ||
    wanted.maxAllocatedGiB !== found.maxAllocatedGiB ||
    wanted.monitoringInterval !== found.monitoringInterval ||
    wanted.performanceInsights !== found.performanceInsights
  );
}

/** @throws VerifyError when the database that came back is not the one that was paused */
async function compare(deps: ReturnDeps, io: StepIo, input: ReturnInput): Promise<void> {
  const { source, verify } = input.config;
  const before = await readSourceFingerprint(deps, input.fingerprint);
  const now = await deps.fingerprints.take(input.server, {
    mode: verify.rows,
    signal: io.signal,
    comparedWith: before,
    progress: (progress) => io.progress(progress),
  });
  const failed = deps.fingerprints.compare(before, now).filter((one) => one.result !== 'match');
  if (failed.length === 0) {
    io.note(`${source.instance} holds what it held when its writers were paused`);
    return;
  }
  throw new VerifyError(
    'SourceDiffers',
    `${source.instance} does not hold what it held, in ${String(failed.length)} places`,
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
