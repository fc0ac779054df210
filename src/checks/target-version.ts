import type { AuroraVersion } from '../aws/rds-catalog.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { Config } from '../config/schema.js';
import type { Problem } from '../errors.js';
import type { Finding } from './readiness-check.js';

/**
 * The Aurora version of the target: the one asked for, or with `auto` the one that the template names, else the newest
 * minor of the source's major (a change of major is a decision that somebody should take knowingly), of the next higher
 * major where Aurora has none.
 */
export async function chooseTargetVersion(
  rds: Pick<RdsGateway, 'listAuroraVersions' | 'isServerlessOrderable'>,
  config: Config,
  source: DbInstance,
  templateVersion?: string,
): Promise<Finding<AuroraVersion>> {
  const offered = (await rds.listAuroraVersions()).filter(
    (version) => version.status === 'available' && version.serverless !== undefined,
  );
  const { engineVersion } = config.target;
  const wanted = engineVersion === 'auto' ? (templateVersion ?? 'auto') : engineVersion;
  if (templateVersion !== undefined && templateVersion !== wanted)
    return { problems: [templateDiffers(templateVersion, wanted)] };
  const chosen =
    wanted === 'auto'
      ? newestFor(offered, source.engineVersion)
      : offered.find((version) => version.version === wanted);
  if (chosen === undefined) return { problems: [versionNotOffered(wanted, offered, config.region)] };
  return judgeVersion(rds, config, chosen, offered);
}

/** Whether a version that is offered can have the capacity and the instance class that the target shall have. */
export async function judgeVersion(
  rds: Pick<RdsGateway, 'isServerlessOrderable'>,
  config: Config,
  chosen: AuroraVersion,
  offered: readonly AuroraVersion[],
): Promise<Finding<AuroraVersion>> {
  const problems = capacityProblems(chosen, config);
  if (!(await rds.isServerlessOrderable(chosen.version)))
    problems.push({
      code: 'ServerlessNotOrderable',
      what: `db.serverless cannot be ordered for Aurora PostgreSQL ${chosen.version} in ${config.region}`,
      why: 'RDS offers no such instance for this version in this Region',
      fix: `set target.engineVersion to one of ${versionNames(offered)}`,
    });
  return problems.length > 0 ? { problems } : { found: chosen };
}

function newestFor(offered: readonly AuroraVersion[], sourceVersion: string): AuroraVersion | undefined {
  const sourceMajor = majorOf(sourceVersion);
  const majors = [...new Set(offered.map((version) => majorOf(version.version)))].filter(
    (major) => major >= sourceMajor,
  );
  const major = Math.min(...majors);
  return offered
    .filter((version) => majorOf(version.version) === major)
    .reduce<AuroraVersion | undefined>(
      (best, version) =>
        best === undefined || compareVersions(version.version, best.version) > 0 ? version : best,
      undefined,
    );
}

/**
 * Part by part as numbers: 17.10 is newer than 17.9, and 13.22-RDS.20260208 than 13.22 (Amazon RDS User Guide: "Amazon RDS
 * Extended Support version naming").
 */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) =>
    version.split('.').map((part) => Number.parseInt(part, 10) || 0),
  );
  for (let part = 0; part < Math.max(a?.length ?? 0, b?.length ?? 0); part += 1) {
    const difference = (a?.[part] ?? 0) - (b?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function majorOf(version: string): number {
  return Number(version.split('.')[0]);
}

function capacityProblems(version: AuroraVersion, { target: { capacity } }: Config): Problem[] {
  const limits = version.serverless ?? { min: 0.5, max: 128 };
  const problems: Problem[] = [];
  if (capacity.min === 0 && limits.min > 0)
    problems.push({
      code: 'AutoPauseUnsupported',
      what: `Aurora PostgreSQL ${version.version} cannot pause itself, and target.capacity.min is 0`,
      why: `This version's minimum is ${String(limits.min)} ACU`,
      fix: `set target.capacity.min to ${String(limits.min)} or choose a newer target.engineVersion`,
    });
  if (capacity.min !== 0 && capacity.autoPauseSeconds !== undefined)
    problems.push({
      code: 'AutoPauseNeedsZero',
      what: `target.capacity.autoPauseSeconds is set and target.capacity.min is ${String(capacity.min)}`,
      why: 'Only a cluster whose minimum is 0 ACU pauses itself',
      fix: 'set target.capacity.min to 0, or leave autoPauseSeconds out',
    });
  if (capacity.max > limits.max)
    problems.push({
      code: 'CapacityTooHigh',
      what: `target.capacity.max is ${String(capacity.max)} ACU`,
      why: `Aurora PostgreSQL ${version.version} scales to ${String(limits.max)} ACU at most`,
      fix: `set target.capacity.max to ${String(limits.max)} or less`,
    });
  return problems;
}

export function versionNotOffered(
  wanted: string,
  offered: readonly AuroraVersion[],
  region: string,
): Problem {
  return {
    code: 'VersionNotOffered',
    what:
      wanted === 'auto'
        ? `${region} offers no Aurora PostgreSQL version with Serverless v2 that is as new as the source`
        : `${region} does not offer Aurora PostgreSQL ${wanted} with Serverless v2`,
    why: 'Versions come and go; AWS retires old minors',
    fix: `set target.engineVersion to one of ${versionNames(offered)}`,
  };
}

export function versionNames(versions: readonly AuroraVersion[]): string {
  return [...versions]
    .sort((left, right) => compareVersions(right.version, left.version))
    .map((version) => version.version)
    .join(', ');
}

export function templateDiffers(template: string, wanted: string): Problem {
  return {
    code: 'TemplateVersionDiffers',
    what: `the template says EngineVersion ${template}, target.engineVersion says ${wanted}`,
    why: 'CloudFormation would upgrade the cluster, or fail to, at the next update of the stack',
    fix: 'say the same version in both, or set target.engineVersion to auto',
  };
}
