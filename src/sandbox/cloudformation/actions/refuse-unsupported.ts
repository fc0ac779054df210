import type { AwsStruct } from '../../service.js';
import { valueAt } from '../providers/answers.js';
import { validationError } from '../template/template-error.js';

/** Members that would change what a call does and that the sandbox cannot do. */
const unsupported = [
  'DeploymentMode',
  'ImportExistingResources',
  'IncludeNestedStacks',
  'ResourceTypes',
  'RollbackConfiguration',
  'StackPolicyBody',
  'StackPolicyDuringUpdateBody',
  'StackPolicyDuringUpdateURL',
  'StackPolicyURL',
  'TimeoutInMinutes',
];

/** Throws `ValidationError` that names what the sandbox cannot do, instead of leaving it out in silence. */
export function refuseUnsupported(input: AwsStruct): void {
  for (const name of unsupported) {
    const value = valueAt(input, name);
    const isAbsent =
      value === undefined || value === null || value === '' || String(value).toLowerCase() === 'false';
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    if (!isAbsent && !isEmpty) throw validationError(`The sandbox does not support ${name}`);
  }
}
