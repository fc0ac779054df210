import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { SecretsGateway } from '../aws/secrets-gateway.js';
import type { StackWaits } from '../aws/stack-waits.js';
import type { TemplateTools } from '../aws/template-tools.js';
import { VerifyError } from '../errors.js';
import type { RecordedIntent, StepIo } from '../pipeline/step.js';
import { noteCurrentVersion } from './by-hand.js';
import { noteWithdrawal, type ChangeSetDeps } from './change-set.js';
import type { deployTargetTemplate } from './refs.js';

/** What both ways of deploying a stack need. */
export interface DeployDeps {
  readonly cloudFormation: ChangeSetDeps['cloudFormation'] &
    Pick<
      CloudFormationGateway,
      | 'findStack'
      | 'getTemplate'
      | 'listResources'
      | 'listImporters'
      | 'deleteStack'
      | 'beginDriftDetection'
      | 'listDrifts'
    >;
  readonly rds: Pick<RdsGateway, 'findCluster' | 'setDeletionProtection'>;
  readonly secrets: Pick<SecretsGateway, 'findSecret' | 'moveCurrent'>;
  readonly waits: StackWaits;
  readonly templates: TemplateTools;
}

type Deployed = ReturnType<typeof deployTargetTemplate.output.parse>;

/** @throws VerifyError when the stack is gone, was replaced, or is in trouble. */
export async function verifyDeployedStack(
  deps: { readonly cloudFormation: Pick<CloudFormationGateway, 'findStack'> },
  output: Deployed,
): Promise<void> {
  const stack = await deps.cloudFormation.findStack(output.stackName);
  if (stack?.id === output.stackId && /^(CREATE|UPDATE|IMPORT)_COMPLETE/.test(stack.status)) return;
  throw new VerifyError('StackNotDeployed', `the stack ${output.stackName} is ${stack?.status ?? 'gone'}`, {
    why:
      stack === undefined || stack.id === output.stackId
        ? 'Somebody changed it'
        : 'It is another stack of the same name',
    resource: output.stackId,
  });
}

/**
 * In place, the stack's attachment rewrites the secret when it moves to the cluster. Undo gives the application the
 * version it had, which points at the source; the source itself was never touched.
 */
export async function takeBackSecret(
  deps: DeployDeps,
  io: StepIo,
  input: { stack: string; secret: string },
): Promise<void> {
  const before = secretVersionBefore(io.intents());
  if (before === undefined) return;
  const current = (await deps.secrets.findSecret(input.secret))?.current;
  if (current !== undefined && current !== before)
    await io.mutate(
      { call: 'secretsmanager:UpdateSecretVersionStage', key: input.secret, before: { version: current } },
      () => deps.secrets.moveCurrent(input.secret, current, before),
    );
  io.note(whatStays(input.stack));
}

function secretVersionBefore(intents: readonly RecordedIntent[]): string | undefined {
  const intent = intents.find(({ before }) => before?.['secretVersion'] !== undefined);
  const version = intent?.before?.['secretVersion'];
  return typeof version === 'string' ? version : undefined;
}

/** `takeBackSecret` by hand. */
export function noteTakenBack(stack: string, secret: string, intents: readonly RecordedIntent[]): string[] {
  const before = secretVersionBefore(intents);
  return before === undefined
    ? noteWithdrawal(intents)
    : [noteCurrentVersion(secret, before), `# ${whatStays(stack)}`];
}

/** After an undo in place, said plainly. */
function whatStays(stack: string): string {
  return `the stack ${stack} keeps the Aurora cluster, which costs money, and the source lives on outside of the stack, retained and unchanged; an IMPORT change set with the old template would bring it back into the stack`;
}
