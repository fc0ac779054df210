import { createCloudFormationService } from './cloudformation/cloudformation-service.js';
import type { SandboxContext, Service } from './service.js';
import { createSecretsManagerService } from './services/secrets-manager/secrets-manager-service.js';
import { createStsService } from './services/sts-service.js';

/** All services of one Region. */
export function createServices(context: SandboxContext): Service[] {
  return [createStsService(context), createSecretsManagerService(context)];
}
