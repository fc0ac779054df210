import type { AuroraVersion } from '../aws/rds-catalog.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { Config } from '../config/schema.js';
import type { Problem } from '../errors.js';
import type { Finding } from './readiness-check.js';
import {
  compareVersions,
  judgeVersion,
  majorOf,
  templateDiffers,
  versionNames,
  versionNotOffered,
} from './target-version.js';

type Catalog = Pick<RdsGateway, 'listAuroraVersions' | 'isServerlessOrderable'>;

/**
 * The Aurora version that a snapshot of the source can be restored to: of the same major, and of no earlier minor. With
 * `auto` the newest of them, unless the template names one.
 * Source: "Migrating a snapshot of an RDS for PostgreSQL DB instance to an Aurora PostgreSQL DB cluster".
 */
export async function chooseSnapshotVersion(
  rds: Catalog,
  config: Config,
  source: Pick<DbInstance, 'engineVersion'>,
  templateVersion?: string,
): Promise<Finding<AuroraVersion>> {
  const offered = (await rds.listAuroraVersions()).filter(
    (version) => version.status === 'available' && version.serverless !== undefined,
  );
  const fitting = offered
    .filter(({ version }) => findObstacle(source.engineVersion, version) === undefined)
    .sort((left, right) => compareVersions(right.version, left.version));
  const { engineVersion } = config.target;
  const wanted = engineVersion === 'auto' ? (templateVersion ?? 'auto') : engineVersion;
  if (templateVersion !== undefined && templateVersion !== wanted)
    return { problems: [templateDiffers(templateVersion, wanted)] };
  if (wanted === 'auto')
    return judge(rds, config, fitting[0] ?? aheadOfAurora(source, config.region), offered);
  const obstacle = findObstacle(source.engineVersion, wanted);
  if (obstacle !== undefined)
    return { problems: [notRestorable(source.engineVersion, wanted, obstacle, fitting)] };
  const chosen = offered.find(({ version }) => version === wanted);
  return judge(rds, config, chosen ?? versionNotOffered(wanted, fitting, config.region), offered);
}

async function judge(
  rds: Catalog,
  config: Config,
  chosen: AuroraVersion | Problem,
  offered: readonly AuroraVersion[],
): Promise<Finding<AuroraVersion>> {
  return 'fix' in chosen ? { problems: [chosen] } : judgeVersion(rds, config, chosen, offered);
}

type Obstacle = 'another major' | 'an earlier minor';

/** What keeps a snapshot of one version from being restored to another. */
export function findObstacle(source: string, target: string): Obstacle | undefined {
  if (majorOf(source) !== majorOf(target)) return 'another major';
  return compareVersions(target, source) < 0 ? 'an earlier minor' : undefined;
}

function notRestorable(
  source: string,
  wanted: string,
  obstacle: Obstacle,
  fitting: readonly AuroraVersion[],
): Problem {
  const others =
    fitting.length === 0
      ? 'none is offered here'
      : `set target.engineVersion to one of ${versionNames(fitting)}`;
  return {
    code: 'VersionNotRestorable',
    what: `a snapshot of PostgreSQL ${source} cannot be restored to Aurora PostgreSQL ${wanted}, ${obstacle}`,
    why: 'RDS restores a snapshot to the same major version only, and never to an earlier minor',
    fix: `${others}; or use: rds2aurora migrate dump-restore`,
  };
}

/** Aurora follows the releases of PostgreSQL months after RDS does, and leaves some out. */
function aheadOfAurora({ engineVersion }: Pick<DbInstance, 'engineVersion'>, region: string): Problem {
  return {
    code: 'SourceAheadOfAurora',
    what: `${region} offers no Aurora PostgreSQL version of major ${String(majorOf(engineVersion))} as new as the source's ${engineVersion}`,
    why: 'RDS restores a snapshot to the same major version only, and never to an earlier minor',
    fix: 'use: rds2aurora migrate dump-restore; or wait for the next Aurora release, with AutoMinorVersionUpgrade of the source off',
  };
}
