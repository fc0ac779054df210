import { optionalText } from '../services/read-input.js';
import type { AwsStruct } from '../service.js';
import { compareVersions, majorOf, resolveVersion } from './engine-versions.js';
import { invalidCombination, unsupported } from './errors.js';
import type { Rds } from './rds.js';
import type { DbCluster, DbInstance } from './resources.js';

/** The version that a Modify request upgrades to, or undefined. Never to an earlier one; within the major version only. */
export async function upgradedVersion(
  rds: Rds,
  resource: DbInstance | DbCluster,
  input: AwsStruct,
): Promise<string | undefined> {
  const asked = optionalText(input, 'EngineVersion');
  if (asked === undefined || asked === resource.engineVersion) return undefined;
  const { engine, engineVersion } = resource;
  const { majors } = await rds.runtime();
  const { version, major } = resolveVersion(engine, asked, majors);
  if (compareVersions(version, engineVersion) < 0) {
    throw invalidCombination(`Cannot upgrade ${engine} from ${engineVersion} to ${version}`);
  }
  if (major !== majorOf(engineVersion))
    throw unsupported(`A major version upgrade (${engineVersion} to ${version})`);
  return version;
}
