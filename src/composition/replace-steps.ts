import { createTemplateTools } from '../aws/template-tools.js';
import { seal } from '../pipeline/seal.js';
import { createRestoredDatabaseGateway } from '../postgres/restored-database-gateway.js';
import { createRunFiles } from '../process/run-files.js';
import { createDeleteStack } from '../steps/delete-stack.js';
import { createDeployFromSnapshot } from '../steps/deploy-from-snapshot.js';
import { createSaveStack } from '../steps/save-stack.js';
import { createSettleStack } from '../steps/settle-stack.js';
import type { Tools } from './tools.js';

/**
 * The steps that put the new stack in the place of the old one.
 * @param project the folder that paths of the configuration are relative to
 * @param directory the folder of the run
 */
export function replaceSteps(
  { aws, waits, sessions, fingerprints }: Tools,
  project: string,
  directory: string,
) {
  const files = createRunFiles(directory);
  const deps = {
    cloudFormation: aws.cloudFormation,
    rds: aws.rds,
    secrets: aws.secrets,
    vault: aws.openVault(files),
    waits: waits.stack,
    databaseWaits: waits.database,
    templates: createTemplateTools(project),
    restored: createRestoredDatabaseGateway(sessions),
    fingerprints,
    files,
  };
  return {
    saveStack: seal(createSaveStack(deps)),
    deleteStack: seal(createDeleteStack(deps)),
    deployFromSnapshot: seal(createDeployFromSnapshot(deps)),
    settleStack: seal(createSettleStack(deps)),
  };
}
