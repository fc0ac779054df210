import { templateFormatError } from './template-error.js';
import type { ResourceDeclaration } from './template.js';
import {
  isTemplateList,
  isTemplateObject,
  type TemplateObject,
  type TemplateValue,
} from './template-value.js';

const attributes = new Set([
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'Metadata',
  'CreationPolicy',
  'UpdatePolicy',
]);

/** Attributes that change what CloudFormation does, and that no type of the sandbox supports on AWS either. */
const unsupported = ['CreationPolicy', 'UpdatePolicy'];

/** Reads one entry of `Resources`. Throws `ValidationError`. */
export function readResource(logicalId: string, entry: TemplateObject): ResourceDeclaration {
  const type = entry['Type'];
  if (typeof type !== 'string')
    throw templateFormatError(`[/Resources/${logicalId}] Every Resources object must contain a Type member.`);
  const unknown = Object.keys(entry).filter((name) => !attributes.has(name));
  if (unknown.length > 0)
    throw templateFormatError(`Invalid template resource property '${unknown.join("', '")}'`);
  for (const name of unsupported)
    if (entry[name] !== undefined)
      throw templateFormatError(`${name} is not supported for ${type} (resource ${logicalId})`);
  const properties = entry['Properties'] ?? {};
  if (!isTemplateObject(properties))
    throw templateFormatError(`[/Resources/${logicalId}/Properties] must be an object`);
  return {
    logicalId,
    type,
    properties,
    dependsOn: namesOf(entry['DependsOn'], logicalId),
    ...(entry['Condition'] !== undefined && { condition: conditionOf(entry['Condition'], logicalId) }),
    ...policies(entry, logicalId),
    ...(entry['Metadata'] !== undefined && { metadata: entry['Metadata'] }),
  };
}

function namesOf(value: TemplateValue | undefined, logicalId: string): readonly string[] {
  const names = value === undefined ? [] : isTemplateList(value) ? value : [value];
  return names.map((name) => {
    if (typeof name !== 'string')
      throw templateFormatError(`DependsOn of ${logicalId} must be a string or a list of strings.`);
    return name;
  });
}

function conditionOf(value: TemplateValue, logicalId: string): string {
  if (typeof value !== 'string')
    throw templateFormatError(`Every Condition member must be a string (resource ${logicalId}).`);
  return value;
}

function policies(entry: TemplateObject, logicalId: string) {
  const { DeletionPolicy: onDelete, UpdateReplacePolicy: onReplace } = entry;
  check(onDelete, 'DeletionPolicy', ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'], logicalId);
  check(onReplace, 'UpdateReplacePolicy', ['Delete', 'Retain', 'Snapshot'], logicalId);
  return {
    ...(onDelete !== undefined && { deletionPolicy: onDelete }),
    ...(onReplace !== undefined && { updateReplacePolicy: onReplace }),
  };
}

function check(
  value: TemplateValue | undefined,
  name: string,
  allowed: readonly string[],
  logicalId: string,
): void {
  if (value === undefined) return;
  if (typeof value !== 'string')
    throw templateFormatError(
      `Every ${name} member must be a string (resource ${logicalId}; functions there need AWS::LanguageExtensions).`,
    );
  if (!allowed.includes(value))
    throw templateFormatError(`Unrecognized ${name} ${value} for resource ${logicalId}`);
}
