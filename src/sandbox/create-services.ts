import { createCloudFormationService } from './cloudformation/cloudformation-service.js';
import { createRdsService } from './rds/rds-service.js';
import type { SandboxContext, Service } from './service.js';
import { createApplicationAutoScalingService } from './services/application-auto-scaling-service.js';
import { createEc2Service } from './services/ec2/ec2-service.js';
import type { ContainerImages } from './services/ecs/container-images.js';
import { createEcsService } from './services/ecs/ecs-service.js';
import { createIamService } from './services/iam/iam-service.js';
import { createLogsService } from './services/logs/logs-service.js';
import { createMonitoringService } from './services/monitoring/monitoring-service.js';
import { createS3Service } from './services/s3/s3-service.js';
import { createSecretsManagerService } from './services/secrets-manager/secrets-manager-service.js';
import { createSnsService } from './services/sns/sns-service.js';
import { createSsmService } from './services/ssm/ssm-service.js';
import { createStsService } from './services/sts-service.js';

/** All services of one Region. */
export function createServices(context: SandboxContext, images: ContainerImages): Service[] {
  const services: Service[] = [
    createStsService(context),
    createIamService(context),
    createEc2Service(context),
    createSecretsManagerService(context),
    createSsmService(context),
    createS3Service(context),
    createSnsService(context),
    createLogsService(context),
    createEcsService(context, images),
    createApplicationAutoScalingService(context),
    createRdsService(context),
    createCloudFormationService(context),
  ];
  return [...services, createMonitoringService(context, () => services)];
}
