import { createCloudFormationService } from './cloudformation/cloudformation-service.js';
import type { SandboxContext, Service } from './service.js';
import { createEc2Service } from './services/ec2/ec2-service.js';
import { createLogsService } from './services/logs/logs-service.js';
import { createSecretsManagerService } from './services/secrets-manager/secrets-manager-service.js';
import { createSsmService } from './services/ssm/ssm-service.js';
import { createStsService } from './services/sts-service.js';

/** All services of one Region. */
export function createServices(context: SandboxContext): Service[] {
  return [
    createStsService(context),
    createSecretsManagerService(context),
    createSsmService(context),
    createLogsService(context),
    createEc2Service(context),
  ];
}
