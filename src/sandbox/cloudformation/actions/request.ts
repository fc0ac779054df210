import type { AwsStruct } from '../../service.js';
import { structsAt, textAt, textsAt, valueAt } from '../providers/answers.js';
import type { Tag } from '../providers/resource-provider.js';
import { validationError } from '../template/template-error.js';
import type { GivenParameter } from '../template/resolve-parameters.js';

/** A scalar member of a request; undefined when it was not sent. */
export function optionalText(input: AwsStruct, name: string): string | undefined {
  return valueAt(input, name) === undefined || valueAt(input, name) === null
    ? undefined
    : textAt(input, name);
}

/** A member the action cannot do without. Throws `ValidationError`. */
export function requiredText(input: AwsStruct, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined || value === '') {
    const member = name.charAt(0).toLowerCase() + name.slice(1);
    throw validationError(
      `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
}

export function flag(input: AwsStruct, name: string): boolean {
  return textAt(input, name).toLowerCase() === 'true';
}

export function givenParameters(input: AwsStruct): readonly GivenParameter[] {
  return structsAt(input, 'Parameters').map((parameter) => {
    const value = optionalText(parameter, 'ParameterValue');
    return {
      name: textAt(parameter, 'ParameterKey'),
      usePrevious: flag(parameter, 'UsePreviousValue'),
      ...(value !== undefined && { value }),
    };
  });
}

/** The tags of a request; undefined when it has none, which means "as before" on an update. */
export function givenTags(input: AwsStruct): readonly Tag[] | undefined {
  if (valueAt(input, 'Tags') === undefined) return undefined;
  return structsAt(input, 'Tags').map((tag) => ({ Key: textAt(tag, 'Key'), Value: textAt(tag, 'Value') }));
}

export function givenTexts(input: AwsStruct, name: string): readonly string[] | undefined {
  return valueAt(input, name) === undefined ? undefined : textsAt(input, name);
}
