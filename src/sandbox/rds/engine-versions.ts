import { invalidCombination } from './errors.js';
import type { Engine } from './resources.js';

export interface EngineVersion {
  readonly engine: Engine;
  readonly version: string;
  readonly major: number;
  /** False for versions that RDS no longer creates, and for majors that this machine has no PostgreSQL of. */
  readonly available: boolean;
}

const range = (major: number, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${major}.${from + index}`);

/** RDS for PostgreSQL release notes, 2026. */
const rdsVersions = [
  ...range(13, 15, 23),
  ...range(15, 4, 17),
  ...range(16, 1, 13),
  ...range(17, 1, 10),
  ...range(18, 1, 4),
];

/** Aurora PostgreSQL release notes, 2026: Aurora skips minors. */
const auroraVersions = [
  '15.8', '15.10', '15.12', '15.13', '15.14', '15.15', '15.17',
  '16.4', '16.6', '16.8', '16.9', '16.10', '16.11', '16.13',
  '17.4', '17.5', '17.6', '17.7', '17.9', '17.10',
  '18.3', '18.4',
]; // prettier-ignore

/** Off Aurora's list of supported minors. */
const auroraRetired = ['15.2', '15.3', '15.4', '15.5', '15.6', '15.7', '16.1', '16.2', '16.3'];

/** What RDS takes when no version is given. */
const preferredDefault = '17.7';

/** Orders versions by their parts as numbers: 17.10 is newer than 17.9. */
export function compareVersions(one: string, other: string): number {
  const [ones, others] = [one.split('.').map(Number), other.split('.').map(Number)];
  return (ones[0] ?? 0) - (others[0] ?? 0) || (ones[1] ?? 0) - (others[1] ?? 0);
}

export const majorOf = (version: string): number => Number.parseInt(version, 10);

export const familyOf = (engine: Engine, version: string): string => `${engine}${majorOf(version)}`;

/** All versions of both engines, oldest first. `majors` are those that can be run here. */
export function listEngineVersions(majors: readonly number[]): EngineVersion[] {
  const describe = (engine: Engine, retired: boolean) => (version: string) => {
    const major = majorOf(version);
    return { engine, version, major, available: !retired && majors.includes(major) };
  };
  return [
    ...rdsVersions.map(describe('postgres', false)),
    ...auroraVersions.map(describe('aurora-postgresql', false)),
    ...auroraRetired.map(describe('aurora-postgresql', true)),
  ].sort(
    (one, other) => one.engine.localeCompare(other.engine) || compareVersions(one.version, other.version),
  );
}

export function defaultVersion(engine: Engine, majors: readonly number[]): EngineVersion {
  const available = listEngineVersions(majors).filter((one) => one.engine === engine && one.available);
  const chosen = available.find(({ version }) => version === preferredDefault) ?? available.at(-1);
  if (!chosen)
    throw invalidCombination(`Cannot find a version for ${engine}: no PostgreSQL is installed here`);
  return chosen;
}

/** The version that is asked for, in full or by its major alone. @throws AwsError when it cannot be created. */
export function resolveVersion(
  engine: Engine,
  asked: string | undefined,
  majors: readonly number[],
): EngineVersion {
  if (asked === undefined) return defaultVersion(engine, majors);
  const available = listEngineVersions(majors).filter((one) => one.engine === engine && one.available);
  const chosen = available
    .filter(({ version, major }) => version === asked || String(major) === asked)
    .at(-1);
  if (!chosen) throw invalidCombination(`Cannot find version ${asked} for ${engine}`);
  return chosen;
}

/** Where a version can be upgraded to in place: later minors, and the newest minor of each later major. */
export function upgradeTargets(from: EngineVersion, majors: readonly number[]): EngineVersion[] {
  const newer = listEngineVersions(majors).filter(
    ({ engine, version, available }) =>
      available && engine === from.engine && compareVersions(version, from.version) > 0,
  );
  return newer.filter(
    ({ major, version }) =>
      major === from.major ||
      !newer.some((other) => other.major === major && compareVersions(other.version, version) > 0),
  );
}

/** ACU range of an Aurora version, or undefined (Aurora User Guide, "How Aurora Serverless v2 works"). */
export function serverlessRange(version: string): { readonly min: number; readonly max: number } | undefined {
  const atLeast = (minors: Readonly<Record<number, number>>): boolean => {
    const first = minors[majorOf(version)];
    return first === undefined
      ? majorOf(version) >= 17
      : compareVersions(version, `${majorOf(version)}.${first}`) >= 0;
  };
  if (atLeast({ 13: 15, 14: 12, 15: 7, 16: 3 })) return { min: 0, max: 256 };
  if (atLeast({ 13: 13, 14: 10, 15: 5, 16: 1 })) return { min: 0.5, max: 256 };
  if (atLeast({ 13: 6, 14: 3, 15: 2, 16: 1 })) return { min: 0.5, max: 128 };
  return undefined;
}
