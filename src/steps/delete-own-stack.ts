import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { StackWaits } from '../aws/stack-waits.js';
import type { StepIo } from '../pipeline/step.js';

export interface DeleteStackDeps {
  readonly cloudFormation: Pick<CloudFormationGateway, 'listResources' | 'deleteStack'>;
  readonly rds: Pick<RdsGateway, 'findCluster' | 'setDeletionProtection'>;
  readonly waits: Pick<StackWaits, 'untilStackGone'>;
}

/**
 * Deletes a stack that this run has made; the caller has proven that. CloudFormation fails on a cluster with deletion
 * protection, so that is lifted first from the clusters in it. Resources that their template retains are named.
 */
export async function deleteOwnStack(
  deps: DeleteStackDeps,
  io: StepIo,
  stack: { id: string; name: string; status: string },
): Promise<void> {
  const resources = await deps.cloudFormation.listResources(stack.id);
  const clusters = resources.filter((one) => one.type === 'AWS::RDS::DBCluster' && one.physicalId !== '');
  for (const { physicalId } of clusters) {
    const cluster = await deps.rds.findCluster(physicalId);
    if (cluster?.deletionProtection === true)
      await io.mutate(
        { call: 'rds:ModifyDBCluster', key: physicalId, before: { deletionProtection: true } },
        () => deps.rds.setDeletionProtection(physicalId, false),
      );
  }
  if (stack.status !== 'DELETE_IN_PROGRESS')
    await io.mutate({ call: 'cloudformation:DeleteStack', key: stack.name }, () =>
      deps.cloudFormation.deleteStack(stack.id, `${io.runId}-${io.stepId}-undo`),
    );
  await deps.waits.untilStackGone(io, stack.id);
  for (const { physicalId } of clusters)
    if ((await deps.rds.findCluster(physicalId)) !== undefined)
      io.note(
        `the template retains the cluster ${physicalId}: it is still there and costs money (aws rds delete-db-cluster)`,
      );
}
