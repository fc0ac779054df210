import type { SecretVault } from '../aws/secret-vault.js';
import type { SecretsGateway } from '../aws/secrets-gateway.js';
import { StoppedError } from '../errors.js';
import type { StepIo } from '../pipeline/step.js';
import { ownTags } from './ownership.js';
import type { saveStack } from './refs.js';
import type { SavedStack, StackResourceRef } from './saved-stack.js';

export interface SealedSecretsDeps {
  readonly vault: Pick<SecretVault, 'compare' | 'restore' | 'create' | 'putBack'>;
  readonly secrets: Pick<SecretsGateway, 'findSecret'>;
}

type SavedOutput = ReturnType<typeof saveStack.output.parse>;

/** A forced deletion is asynchronous, without a promised time. Source: DeleteSecret in the API reference. */
const purgeMs = 600_000;
const pauseMs = 5_000;

/**
 * Sees to it that every saved secret stands again with its value: one in its recovery window is restored, one that is
 * gone is made again under its name.
 * @returns the secrets that belonged to the old stack, by their logical ids and the ARNs that they have now
 */
export async function bringSecretsBack(
  deps: SealedSecretsDeps,
  io: StepIo,
  output: SavedOutput,
  saved: SavedStack,
): Promise<StackResourceRef[]> {
  const standing: StackResourceRef[] = [];
  for (const { name, arn } of output.secrets) {
    await bringOneBack(deps, io, output.secretsFile, name);
    const resource = saved.resources.find((one) => one.physicalId === arn);
    const now = (await deps.secrets.findSecret(name))?.arn;
    if (resource !== undefined && now !== undefined) standing.push({ ...resource, physicalId: now });
  }
  return standing;
}

async function bringOneBack(
  { vault }: SealedSecretsDeps,
  io: StepIo,
  file: string,
  name: string,
): Promise<void> {
  const found = await vault.compare(file, name);
  if (found === 'deleted')
    await io.mutate({ call: 'secretsmanager:RestoreSecret', key: name }, () => vault.restore(name));
  if (found === 'missing')
    await io.mutate({ call: 'secretsmanager:CreateSecret', key: name }, () =>
      createPatiently(vault, io, file, name),
    );
}

async function createPatiently(
  vault: SealedSecretsDeps['vault'],
  io: StepIo,
  file: string,
  name: string,
): Promise<void> {
  const deadline = io.clock.monotonicMs() + purgeMs;
  while ((await vault.create(file, name, ownTags(io))) === 'purging') {
    io.observed(`secret ${name}`, 'being purged');
    if (io.clock.monotonicMs() > deadline)
      throw new StoppedError('SecretNamePurging', `the name ${name} is still held by the deleted secret`, {
        why: 'CloudFormation deletes secrets by force, and Secrets Manager purges them when it gets to it',
        next: ['resume in some minutes'],
        resource: name,
        resumable: true,
      });
    await io.clock.sleep(pauseMs, io.signal);
  }
}

/** Gives every saved secret the very value it had; for the undo, when the source is back at its old address. */
export async function putValuesBack(
  { vault }: SealedSecretsDeps,
  io: StepIo,
  output: SavedOutput,
): Promise<void> {
  for (const { name } of output.secrets)
    if ((await vault.compare(output.secretsFile, name)) !== 'same')
      await io.mutate({ call: 'secretsmanager:PutSecretValue', key: name }, () =>
        vault.putBack(output.secretsFile, name, `${io.runId} ${io.stepId}`),
      );
}
