import { createAccountSurvey, type AccountSurvey } from './account-survey.js';
import { createAwsClients, type AwsSettings } from './aws-clients.js';
import { createCloudFormationGateway, type CloudFormationGateway } from './cloudformation-gateway.js';
import { createEc2Gateway, type Ec2Gateway } from './ec2-gateway.js';
import { createEcsGateway, type EcsGateway } from './ecs-gateway.js';
import { createLogsGateway, type LogsGateway } from './logs-gateway.js';
import { createRdsGateway, type RdsGateway } from './rds-gateway.js';
import { createScalingGateway, type ScalingGateway } from './scaling-gateway.js';
import { createSecretVault, type SealedFiles, type SecretVault } from './secret-vault.js';
import { createSecretsGateway, type SecretsGateway } from './secrets-gateway.js';
import { createSnsGateway, type SnsGateway } from './sns-gateway.js';
import { createStsGateway, type StsGateway } from './sts-gateway.js';

/** All of AWS that the tool uses. */
export interface AwsGateways {
  readonly rds: RdsGateway;
  readonly cloudFormation: CloudFormationGateway;
  readonly secrets: SecretsGateway;
  /** Copies of secrets in the folder of a run. */
  openVault(files: SealedFiles): SecretVault;
  readonly ecs: EcsGateway;
  readonly scaling: ScalingGateway;
  readonly logs: LogsGateway;
  readonly ec2: Ec2Gateway;
  readonly sns: SnsGateway;
  readonly sts: StsGateway;
  readonly survey: AccountSurvey;
}

export function createAwsGateways(settings: AwsSettings): AwsGateways {
  const clients = createAwsClients(settings);
  const secrets = createSecretsGateway(clients);
  return {
    rds: createRdsGateway(clients, (secret) => secrets.readPassword(secret)),
    cloudFormation: createCloudFormationGateway(clients),
    secrets,
    openVault: (files) => createSecretVault(clients, files),
    ecs: createEcsGateway(clients),
    scaling: createScalingGateway(clients),
    logs: createLogsGateway(clients),
    ec2: createEc2Gateway(clients),
    sns: createSnsGateway(clients),
    sts: createStsGateway(clients),
    survey: createAccountSurvey(clients),
  };
}
