import type { TemplateTools } from '../aws/template-tools.js';
import {
  createAwsChecks,
  dumpRestoreNeeds,
  freshNeeds,
  snapshotNeeds,
  type PathNeeds,
} from '../checks/aws-checks.js';
import { examineSnapshot } from '../checks/given-snapshot.js';
import { createSnapshotChecks } from '../checks/snapshot-checks.js';
import { chooseSnapshotVersion } from '../checks/snapshot-version.js';
import { givenSnapshotUnusedCheck } from '../checks/given-snapshot-unused.js';
import { createSourceDatabaseCheck } from '../checks/source-database.js';
import { createNewerFeaturesCheck } from '../checks/newer-features.js';
import { createShippedExtensionsCheck } from '../checks/shipped-extensions.js';
import { createStreamInPlaceCheck } from '../checks/stream-in-place.js';
import type { ReadinessCheck } from '../checks/readiness-check.js';
import { examineSource } from '../checks/source-instance.js';
import { chooseTargetVersion } from '../checks/target-version.js';
import { createSubscriptionsCheck } from '../checks/subscriptions.js';
import { createUnfinishedIndexesCheck } from '../checks/unfinished-indexes.js';
import type { Config } from '../config/schema.js';
import { PreconditionError } from '../errors.js';
import { isHydrated, isInPlace } from '../paths/in-place.js';
import { readDatabaseHazards } from '../postgres/database-hazards.js';
import { listNewerFeatures } from '../postgres/newer/list-newer-features.js';
import { readExtensions } from '../postgres/extension-changes.js';
import { listSubscriptions } from '../postgres/subscriptions.js';
import { listUnfinishedIndexes } from '../postgres/unfinished-indexes.js';
import { listUnloggedTables } from '../postgres/unlogged-tables.js';
import { choosePostgresClients } from '../process/postgres-clients.js';
import { findPostgresInstallations } from '../process/postgres-installations.js';
import {
  createCheckReadiness,
  type CheckReadinessDeps,
  type PostgresReadiness,
} from '../steps/check-readiness.js';
import type { FreshChoices } from '../steps/refs.js';
import type { Tools } from './tools.js';

/** The first step of every path, with what that path has to look for. */
export function createReadiness(
  path: string,
  config: Config,
  tools: Tools,
  templates: TemplateTools,
  choices: FreshChoices,
) {
  const { aws } = tools;
  return createCheckReadiness({
    sts: aws.sts,
    rds: aws.rds,
    examineSource: (config, caller) => examineSource(aws.rds, config, caller),
    postgres: createPostgresReadiness(tools),
    ...choosePath(path, config, choices)(tools, templates),
  });
}

type OfPath = Pick<CheckReadinessDeps, 'chooseTargetVersion' | 'checks'>;

function choosePath(
  path: string,
  config: Config,
  { finalSnapshot, schemaOnly }: FreshChoices,
): (tools: Tools, templates: TemplateTools) => OfPath {
  if (path === 'fresh')
    return (tools, templates) => {
      const { chooseTargetVersion, checks } = ofDump(
        tools,
        templates,
        finalSnapshot ? freshNeeds : dumpRestoreNeeds,
      );
      return { chooseTargetVersion, checks: [...checks, ...(schemaOnly ? definitionChecks(tools) : [])] };
    };
  if (path !== 'snapshot') return ofDumpRestore;
  // From a given snapshot nothing is done in place, by whatever way: the one that looks at it says so.
  return isHydrated(config) && config.source.snapshot === undefined ? ofHydration : ofSnapshot;
}

function ofDumpRestore(tools: Tools, templates: TemplateTools): OfPath {
  const dump = ofDump(tools, templates);
  return {
    ...dump,
    checks: [createStreamInPlaceCheck(isInPlace), ...dump.checks, ...definitionChecks(tools)],
  };
}

/** What a dump of definitions needs of the version it goes to. */
function definitionChecks({ sessions }: Tools): readonly ReadinessCheck[] {
  return [
    createShippedExtensionsCheck((server) => readExtensions(sessions, server)),
    createNewerFeaturesCheck((server, major) => listNewerFeatures(sessions, server, major)),
    createUnfinishedIndexesCheck((server) => listUnfinishedIndexes(sessions, server)),
    createSubscriptionsCheck((server) => listSubscriptions(sessions, server)),
  ];
}

function ofDump(
  { aws, sessions }: Tools,
  templates: TemplateTools,
  needs: PathNeeds = dumpRestoreNeeds,
): OfPath {
  return {
    chooseTargetVersion: async (config, source) =>
      chooseTargetVersion(aws.rds, config, source, await readClearVersion(templates, config)),
    checks: [
      givenSnapshotUnusedCheck,
      ...createAwsChecks(aws, needs),
      createSourceDatabaseCheck((server) => readDatabaseHazards(sessions, server)),
    ],
  };
}

function ofSnapshot({ aws, sessions }: Tools, templates: TemplateTools): OfPath {
  return {
    chooseTargetVersion: async (config, source, caller) => {
      const given = config.source.snapshot;
      const snapshot =
        given === undefined
          ? { found: source }
          : await examineSnapshot(aws.rds, given, { config, caller, source });
      if (snapshot.found === undefined) return snapshot;
      return chooseSnapshotVersion(
        aws.rds,
        config,
        snapshot.found,
        await readTemplateVersion(templates, config),
      );
    },
    checks: [
      ...createAwsChecks(aws, snapshotNeeds),
      createSourceDatabaseCheck((server) => readDatabaseHazards(sessions, server)),
      ...createSnapshotChecks({
        listUnloggedTables: (server) => listUnloggedTables(sessions, server),
        readExtensions: (server) => readExtensions(sessions, server),
      }),
    ],
  };
}

/** The data goes by a dump, so any version will do; it comes out of a snapshot all the same. */
function ofHydration(tools: Tools, templates: TemplateTools): OfPath {
  const { chooseTargetVersion } = ofDump(tools, templates);
  const ofTarget = createNewerFeaturesCheck((server, major) =>
    listNewerFeatures(tools.sessions, server, major),
  );
  return { chooseTargetVersion, checks: [...ofSnapshot(tools, templates).checks, ofTarget] };
}

/** The EngineVersion that the template gives its cluster, where it is a plain value and a full version. */
async function readTemplateVersion(
  templates: TemplateTools,
  { target: { deploy } }: Config,
): Promise<string | undefined> {
  const file = deploy.template ?? deploy.commandTemplate;
  if (file === undefined) return undefined;
  const version = templates.findDatabase(await templates.load(file)).literals['EngineVersion'];
  return version !== undefined && /^\d+\.\d+$/.test(version) ? version : undefined;
}

/** A dump goes into any template, also one with two instances or clusters; then the version is not read from it. */
function readClearVersion(templates: TemplateTools, config: Config): Promise<string | undefined> {
  return readTemplateVersion(templates, config).catch((error: unknown) => {
    if (error instanceof PreconditionError && error.code === 'TemplateDatabaseUnclear') return undefined;
    throw error;
  });
}

function createPostgresReadiness({ sessions }: Tools): PostgresReadiness {
  return {
    chooseClients: async (sourceVersion, targetVersion) => {
      const installations = await findPostgresInstallations();
      const choice = choosePostgresClients(installations, sourceVersion, targetVersion);
      return choice.kind === 'chosen' ? { found: choice.clients } : { problems: [choice.problem] };
    },
    measureDatabase: async (server) => {
      const { bytes } = await sessions.use(server, { mode: 'read' }, (session) =>
        session.row<{ bytes: string }>('SELECT pg_database_size(current_database())::text AS bytes'),
      );
      return Number(bytes);
    },
  };
}
