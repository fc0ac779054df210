/**
 * Points the application's secret at the Aurora cluster by a new version; the old one stays as AWSPREVIOUS. The
 * application reads it when its tasks start, which is the next step. In place, the stack's own attachment may have
 * rewritten the secret already; then nothing is written. The version id is derived from the run, so that a repeated
 * call changes nothing.
 */
import type { SecretConnection, SecretDestination } from '../aws/secret-document.js';
import type { SecretFacts, SecretsGateway } from '../aws/secrets-gateway.js';
import type { Config } from '../config/schema.js';
import { MigrationError, VerifyError } from '../errors.js';
import type { RecordedIntent, Step, StepIo } from '../pipeline/step.js';
import { noteCurrentVersion } from './by-hand.js';
import { awaitTarget, switchSecret, type SecretSwitch } from './refs.js';

export interface SwitchSecretInput {
  readonly secret: string;
  readonly destination: SecretDestination;
}

type Secrets = Pick<
  SecretsGateway,
  'findSecret' | 'readConnection' | 'versionFor' | 'pointAt' | 'moveCurrent'
>;

export function createSwitchSecret(secrets: Secrets): Step<SwitchSecretInput, SecretSwitch, Config> {
  return {
    ...switchSecret,
    title: 'Point the secret at the Aurora cluster',
    reversal: {
      kind: 'undo',
      note: ({ secret }, { intents }) => {
        const old = versionBefore(intents);
        return old === undefined ? [] : [noteCurrentVersion(secret, old)];
      },
      undo: (io, input) => moveBack(secrets, io, input),
    },
    typicalSeconds: [1, 5],
    writersPaused: true,
    select: (from) => {
      const { clusterIdentifier, server } = from.outputOf(awaitTarget);
      return {
        secret: server.secret,
        destination: { host: server.host, port: server.port, database: server.database, clusterIdentifier },
      };
    },
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          `secret ${config.source.secret}: host, port and cluster become those of ${config.target.cluster}`,
        ],
        calls: ['secretsmanager:PutSecretValue'],
      }),
    run: async (io, input) => {
      const before = await getSecret(secrets, input.secret);
      const version = secrets.versionFor(io.runId, input.destination);
      const previous = versionBefore(io.intents()) ?? currentOf(before);
      if (!pointsAt(await secrets.readConnection(input.secret), input.destination)) {
        const write = isWritten(before, version) ? moveForward : pointAt;
        await write(secrets, io, { ...input, version, previous, arn: before.arn });
      }
      const after = await getSecret(secrets, input.secret);
      return {
        secretArn: after.arn,
        versionId: currentOf(after),
        previousVersionId: previous,
        switchedAt: io.clock.now().toISOString(),
      };
    },
    verify: async (_io, { secret, destination }) => {
      const connection = await secrets.readConnection(secret);
      if (pointsAt(connection, destination)) return;
      throw new VerifyError(
        'SecretElsewhere',
        `secret ${secret} does not point at ${destination.clusterIdentifier}`,
        {
          why: `it names ${connection.host ?? 'no host'}, expected ${destination.host}`,
          resource: secret,
        },
      );
    },
  };
}

interface Writing extends SwitchSecretInput {
  readonly version: string;
  readonly previous: string;
  readonly arn: string;
}

function pointAt(secrets: Secrets, io: StepIo, { secret, destination, version, previous, arn }: Writing) {
  return io.mutate(
    { call: 'secretsmanager:PutSecretValue', key: secret, before: { version: previous } },
    () => secrets.pointAt(secret, destination, version),
    () => ({ arn, detail: { version } }),
  );
}

/** This run wrote the version and took it back: writing it again would change nothing, the label has to move. */
function moveForward(secrets: Secrets, io: StepIo, { secret, version, previous, arn }: Writing) {
  return io.mutate(
    { call: 'secretsmanager:UpdateSecretVersionStage', key: secret, before: { version: previous } },
    () => secrets.moveCurrent(secret, previous, version),
    () => ({ arn, detail: { version } }),
  );
}

const isWritten = ({ stages }: SecretFacts, version: string): boolean => stages[version] !== undefined;

/** Only what this run wrote is taken back: a version that somebody has put on top since stays. */
async function moveBack(
  secrets: Secrets,
  io: StepIo,
  { secret, destination }: SwitchSecretInput,
): Promise<void> {
  const old = versionBefore(io.intents());
  const facts = await secrets.findSecret(secret);
  if (facts === undefined || old === undefined) return;
  const ours = secrets.versionFor(io.runId, destination);
  if (currentOf(facts) !== ours) return;
  await io.mutate(
    { call: 'secretsmanager:UpdateSecretVersionStage', key: secret, before: { version: ours } },
    () => secrets.moveCurrent(secret, ours, old),
  );
}

/** The oldest intent holds the version from before this run. */
function versionBefore(intents: readonly RecordedIntent[]): string | undefined {
  const version = intents[0]?.before?.['version'];
  return typeof version === 'string' ? version : undefined;
}

function pointsAt(connection: SecretConnection, destination: SecretDestination): boolean {
  return connection.host === destination.host && connection.port === destination.port;
}

function currentOf({ name, current }: SecretFacts): string {
  if (current !== undefined) return current;
  throw new MigrationError('SecretWithoutValue', `secret ${name} has no current version`);
}

async function getSecret(secrets: Secrets, id: string): Promise<SecretFacts> {
  const found = await secrets.findSecret(id);
  if (found !== undefined) return found;
  throw new MigrationError('SecretMissing', `secret ${id} does not exist`, { resource: id, resumable: true });
}
