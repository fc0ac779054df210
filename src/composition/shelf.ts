import { createTemplateTools } from '../aws/template-tools.js';
import type { MigrationSession } from '../cli/migration-command.js';
import type { Config } from '../config/schema.js';
import type { OpenRun } from '../journal/run.js';
import { directoryOfRun } from '../journal/runs.js';
import type { Shelf } from '../paths/shelf.js';
import { seal } from '../pipeline/seal.js';
import { createDatabaseChecks } from '../postgres/connection-check.js';
import { createDumpGateway } from '../postgres/dump-gateway.js';
import { createQuiescer } from '../postgres/quiesce.js';
import { createRestoredDatabaseGateway } from '../postgres/restored-database-gateway.js';
import { createRestoreGateway } from '../postgres/restore-gateway.js';
import { sizeRestore } from '../postgres/restore-settings.js';
import { createStreamGateway } from '../postgres/stream/stream-gateway.js';
import { createStatisticsGateway } from '../postgres/statistics-gateway.js';
import { createTargetGateway } from '../postgres/target-gateway.js';
import { createRunFiles } from '../process/run-files.js';
import type { FreshChoices, TargetFacts } from '../steps/refs.js';
import { createAnalyzeTarget } from '../steps/analyze-target.js';
import { createAwaitTarget } from '../steps/await-target.js';
import { createBringIntoStack } from '../steps/bring-into-stack.js';
import { createCarryParameters } from '../steps/carry-parameters.js';
import { createCreateCluster } from '../steps/create-cluster.js';
import { createCreateWriter } from '../steps/create-writer.js';
import { createDeployTargetTemplate } from '../steps/deploy-target-template.js';
import { createDumpDatabase } from '../steps/dump-database.js';
import { createFingerprintSource } from '../steps/fingerprint-source.js';
import { createLiftReadOnly } from '../steps/lift-read-only.js';
import { createPauseWriters } from '../steps/pause-writers.js';
import { createPrepareStack } from '../steps/prepare-stack.js';
import { createPrepareTarget } from '../steps/prepare-target.js';
import { createRestoreDatabase } from '../steps/restore-database.js';
import { createResumeApplication } from '../steps/resume-application.js';
import { createRestoreCluster } from '../steps/restore-cluster.js';
import { createRetainSource } from '../steps/retain-source.js';
import { createRunDeployCommand } from '../steps/run-deploy-command.js';
import { createSetMasterPassword } from '../steps/set-master-password.js';
import { createStreamDatabase } from '../steps/stream-database.js';
import { createSwitchSecret } from '../steps/switch-secret.js';
import { createTakeSnapshot } from '../steps/take-snapshot.js';
import { createUseSnapshot } from '../steps/use-snapshot.js';
import { createUpdateExtensions } from '../steps/update-extensions.js';
import { createValidateTarget } from '../steps/validate-target.js';
import { createVerifyData } from '../steps/verify-data.js';
import { createWriteReport, type ReportWriter } from '../steps/write-report.js';
import { checkAws } from './check-aws.js';
import { freshSteps } from './fresh-steps.js';
import { createReadiness } from './readiness.js';
import { openDeployCommand, replaceSteps } from './replace-steps.js';
import { createTools, type Tools } from './tools.js';

/** For which run the steps are made. */
export interface ShelfOptions {
  readonly path: string;
  readonly runId: string;
  readonly reports: ReportWriter;
  /** Absent while only a plan is made. */
  readonly run: OpenRun | undefined;
  readonly choices: FreshChoices;
}

/** Every step, made for one run. */
export function createShelf(session: MigrationSession, options: ShelfOptions): Shelf {
  const { path, runId, reports, run, choices } = options;
  const directory = run?.directory ?? directoryOfRun(session.root, runId);
  const tools = createTools(session, runId, directory);
  const checkTarget = (config: Config, target: TargetFacts) =>
    checkAws(tools.aws, config, target, new Date(run?.state().createdAt ?? session.now()));
  return {
    checkReadiness: seal(
      createReadiness(path, session.config, tools, createTemplateTools(session.directory), choices),
    ),
    ...freshSteps(tools, { directory, choices, checkAws: checkTarget }),
    ...controlPlane(tools),
    ...deployment(tools, session, directory),
    ...snapshotSteps(tools),
    ...replaceSteps(tools, session, directory, choices),
    ...dataPlane(tools, directory, choices),
    validateTarget: seal(
      createValidateTarget({
        fingerprints: tools.fingerprints,
        files: createRunFiles(directory),
        database: createDatabaseChecks(tools.sessions, tools.trusted),
        checkAws: checkTarget,
      }),
    ),
    writeReport: seal(createWriteReport(reports)),
  };
}

function controlPlane(tools: Tools) {
  const { aws, waits, sessions } = tools;
  const quiescer = createQuiescer(sessions);
  return {
    createCluster: seal(createCreateCluster({ rds: aws.rds, waits: waits.database })),
    createWriter: seal(createCreateWriter({ rds: aws.rds, waits: waits.database })),
    awaitTarget: seal(
      createAwaitTarget({ rds: aws.rds, cloudFormation: aws.cloudFormation, waits: waits.database }),
    ),
    pauseWriters: seal(
      createPauseWriters({
        ecs: aws.ecs,
        scaling: aws.scaling,
        database: quiescer,
        waits: waits.application,
      }),
    ),
    switchSecret: seal(createSwitchSecret(aws.secrets)),
    resumeApplication: seal(
      createResumeApplication({ ecs: aws.ecs, scaling: aws.scaling, waits: waits.application }),
    ),
  };
}

function snapshotSteps({ aws, waits, sessions }: Tools) {
  const { rds, secrets, sts } = aws;
  const restored = createRestoredDatabaseGateway(sessions);
  return {
    carryParameters: seal(createCarryParameters({ rds })),
    takeSnapshot: seal(createTakeSnapshot({ rds, waits: waits.database })),
    useSnapshot: seal(createUseSnapshot({ sts, rds, waits: waits.database })),
    restoreCluster: seal(createRestoreCluster({ rds, waits: waits.database })),
    setMasterPassword: seal(createSetMasterPassword({ rds, secrets, restored, waits: waits.database })),
    updateExtensions: seal(createUpdateExtensions({ restored })),
    liftReadOnly: seal(createLiftReadOnly({ restored })),
  };
}

function deployment(tools: Tools, session: MigrationSession, directory: string) {
  const { aws, waits } = tools;
  const { cloudFormation, rds, secrets } = aws;
  const deps = {
    cloudFormation,
    rds,
    secrets,
    waits: waits.stack,
    templates: createTemplateTools(session.directory),
    files: createRunFiles(directory),
  };
  const command = openDeployCommand(tools, session);
  return {
    prepareStack: seal(createPrepareStack(deps)),
    bringIntoStack: seal(createBringIntoStack(deps)),
    retainSource: seal(createRetainSource(deps)),
    deployTargetTemplate: seal(createDeployTargetTemplate(deps)),
    runDeployCommand: seal(createRunDeployCommand({ ...deps, command })),
  };
}

function dataPlane(
  { sessions, clientLogin, fingerprints, jobs }: Tools,
  directory: string,
  { schemaOnly }: FreshChoices,
) {
  const files = createRunFiles(directory);
  const target = createTargetGateway(sessions);
  const reading = { fingerprints, files };
  const dumps = createDumpGateway(sessions, clientLogin);
  const dumping = { ...reading, dumps, defaultJobs: jobs };
  const restoring = {
    ...{ ...reading, dumps, target, sizeRestore, defaultJobs: jobs },
    restores: createRestoreGateway(sessions, clientLogin),
  };
  return {
    fingerprintSource: seal(createFingerprintSource(reading)),
    dumpDatabase: seal(createDumpDatabase({ ...dumping, contents: schemaOnly ? 'schema' : 'all' })),
    dumpDefinitions: seal(createDumpDatabase({ ...dumping, contents: 'definitions' })),
    prepareTarget: seal(createPrepareTarget({ target })),
    restoreDatabase: seal(createRestoreDatabase(restoring)),
    streamDatabase: seal(
      createStreamDatabase({ ...restoring, streams: createStreamGateway(sessions, clientLogin) }),
    ),
    analyzeTarget: seal(
      createAnalyzeTarget({ statistics: createStatisticsGateway(sessions), defaultJobs: jobs }),
    ),
    verifyData: seal(createVerifyData({ ...reading, target })),
  };
}
