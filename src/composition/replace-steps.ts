import { createTemplateTools } from '../aws/template-tools.js';
import type { MigrationSession } from '../cli/migration-command.js';
import { seal } from '../pipeline/seal.js';
import { createRestoredDatabaseGateway } from '../postgres/restored-database-gateway.js';
import { createDeployCommand, type DeployCommand } from '../process/deploy-command.js';
import { createRunFiles } from '../process/run-files.js';
import { createDeleteStack } from '../steps/delete-stack.js';
import { createDeployEmpty } from '../steps/deploy-empty.js';
import { createDeployFromSnapshot } from '../steps/deploy-from-snapshot.js';
import { createHydrateSource } from '../steps/hydrate-source.js';
import { createRemoveTemporary } from '../steps/remove-temporary.js';
import { createSaveStack } from '../steps/save-stack.js';
import { createSettleByCommand } from '../steps/settle-by-command.js';
import { createSettleStack } from '../steps/settle-stack.js';
import type { FreshChoices } from '../steps/refs.js';
import type { Tools } from './tools.js';

/**
 * The steps that put the new stack in the place of the old one, its cluster from the snapshot or filled from it.
 * @param directory the folder of the run
 */
export function replaceSteps(
  tools: Tools,
  session: MigrationSession,
  directory: string,
  { finalSnapshot }: FreshChoices,
) {
  const { aws, waits, sessions, fingerprints } = tools;
  const files = createRunFiles(directory);
  const restored = createRestoredDatabaseGateway(sessions);
  const deps = {
    cloudFormation: aws.cloudFormation,
    rds: aws.rds,
    secrets: aws.secrets,
    vault: aws.openVault(files),
    waits: waits.stack,
    databaseWaits: waits.database,
    templates: createTemplateTools(session.directory),
    restored,
    fingerprints,
    files,
  };
  const temporary = { rds: aws.rds, waits: waits.database, restored };
  return {
    saveStack: seal(createSaveStack(deps)),
    deleteStack: seal(createDeleteStack({ ...deps, withoutSnapshot: !finalSnapshot })),
    deployFromSnapshot: seal(createDeployFromSnapshot(deps)),
    settleStack: seal(createSettleStack(deps)),
    deployEmpty: seal(createDeployEmpty(deps)),
    hydrateSource: seal(createHydrateSource(temporary)),
    removeTemporary: seal(createRemoveTemporary(temporary)),
    settleByCommand: seal(createSettleByCommand({ ...deps, command: openDeployCommand(tools, session) })),
  };
}

/** The user's command, started where the configuration lies. */
export function openDeployCommand({ aws }: Tools, session: MigrationSession): DeployCommand {
  const { config, directory, environment } = session;
  return createDeployCommand({
    directory,
    environment: environment.variables,
    listSecrets: async () => [await aws.secrets.readPassword(config.source.secret)],
  });
}
