import { scalableTarget } from './application-auto-scaling-target.js';
import { cloudwatchAlarm } from './cloudwatch-alarm.js';
import { subnet, vpc } from './ec2-network.js';
import { securityGroupEgress, securityGroupIngress } from './ec2-rules.js';
import { securityGroup } from './ec2-security-group.js';
import { ecsCluster } from './ecs-cluster.js';
import { ecsService } from './ecs-service.js';
import { ecsTaskDefinition } from './ecs-task-definition.js';
import { iamRole } from './iam-role.js';
import { logGroup } from './logs-log-group.js';
import { dbCluster } from './rds-db-cluster.js';
import { dbInstance } from './rds-db-instance.js';
import { dbClusterParameterGroup, dbParameterGroup, dbSubnetGroup } from './rds-groups.js';
import type { ResourceProvider } from './resource-provider.js';
import { secretTargetAttachment } from './secrets-manager-attachment.js';
import { secret } from './secrets-manager-secret.js';
import { ssmParameter } from './ssm-parameter.js';

const providers: readonly ResourceProvider[] = [
  cloudwatchAlarm,
  dbCluster,
  dbClusterParameterGroup,
  dbInstance,
  dbParameterGroup,
  dbSubnetGroup,
  ecsCluster,
  ecsService,
  ecsTaskDefinition,
  iamRole,
  logGroup,
  scalableTarget,
  secret,
  secretTargetAttachment,
  securityGroup,
  securityGroupEgress,
  securityGroupIngress,
  ssmParameter,
  subnet,
  vpc,
];

/** Every resource type the sandbox's CloudFormation can deploy. */
export function resourceProviders(): ReadonlyMap<string, ResourceProvider> {
  return new Map(providers.map((provider) => [provider.type, provider]));
}
