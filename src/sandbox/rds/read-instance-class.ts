import type { AwsStruct } from '../service.js';
import type { EngineVersion } from './engine-versions.js';
import { invalidCombination } from './errors.js';
import { required } from './identifiers.js';
import { instanceMemory } from './instance-classes.js';

/** @throws AwsError for a class that RDS does not have, or not for this engine outside of a cluster. */
export function readInstanceClass(
  input: AwsStruct,
  { engine, version }: Pick<EngineVersion, 'engine' | 'version'>,
): string {
  const instanceClass = required(input, 'DBInstanceClass');
  if (instanceClass !== 'db.serverless') {
    instanceMemory(instanceClass);
    return instanceClass;
  }
  if (engine === 'aurora-postgresql') return instanceClass;
  throw invalidCombination(
    'RDS does not support creating a DB instance with the following combination: ' +
      `DBInstanceClass=db.serverless, Engine=${engine}, EngineVersion=${version}, LicenseModel=postgresql-license. ` +
      'For supported combinations of instance class and database engine version, see the documentation.',
  );
}
