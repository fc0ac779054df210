import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { SecretsGateway } from '../aws/secrets-gateway.js';
import type { StackWaits } from '../aws/stack-waits.js';
import type { TemplateTools } from '../aws/template-tools.js';
import { VerifyError } from '../errors.js';
import type { StepIo } from '../pipeline/step.js';
import type { ChangeSetDeps } from './change-set.js';
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
  const before = io.intents().find((intent) => intent.before?.['secretVersion'] !== undefined)?.before?.[
    'secretVersion'
  ];
  if (typeof before !== 'string') return;
  const current = (await deps.secrets.findSecret(input.secret))?.current;
  if (current !== undefined && current !== before)
    await io.mutate(
      { call: 'secretsmanager:UpdateSecretVersionStage', key: input.secret, before: { version: current } },
      () => deps.secrets.moveCurrent(input.secret, current, before),
    );
  noteInPlaceUndo(input.stack).forEach((line) => {
    io.note(line);
  });
}

/** What stays after an undo in place, said plainly. */
export function noteInPlaceUndo(stack: string): string[] {
  return [
    `the stack ${stack} keeps the Aurora cluster, which costs money, and the source lives on outside of the stack, retained and unchanged`,
    `to bring the source back into the stack: aws cloudformation create-change-set --stack-name ${stack} --change-set-type IMPORT --change-set-name bring-back --resources-to-import file://source.json --template-body file://with-source.yaml`,
  ];
}
