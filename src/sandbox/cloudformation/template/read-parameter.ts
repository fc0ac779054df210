import { templateFormatError } from './template-error.js';
import type { ParameterDeclaration } from './template.js';
import { isTemplateList, scalarText, type TemplateObject } from './template-value.js';

/** Resource id types that CloudFormation checks against the account ("CloudFormation-supplied parameter types"). */
const awsTypes = [
  'AWS::EC2::AvailabilityZone::Name',
  'AWS::EC2::Image::Id',
  'AWS::EC2::Instance::Id',
  'AWS::EC2::KeyPair::KeyName',
  'AWS::EC2::SecurityGroup::GroupName',
  'AWS::EC2::SecurityGroup::Id',
  'AWS::EC2::Subnet::Id',
  'AWS::EC2::Volume::Id',
  'AWS::EC2::VPC::Id',
  'AWS::Route53::HostedZone::Id',
];

const types = new Set([
  'String',
  'Number',
  'List<Number>',
  'CommaDelimitedList',
  'AWS::SSM::Parameter::Name',
  'AWS::SSM::Parameter::Value<String>',
  'AWS::SSM::Parameter::Value<CommaDelimitedList>',
  'AWS::SSM::Parameter::Value<List<String>>',
  ...awsTypes,
  ...awsTypes.map((type) => `List<${type}>`),
  ...awsTypes.map((type) => `AWS::SSM::Parameter::Value<${type}>`),
]);

const members = new Set([
  'Type',
  'Default',
  'Description',
  'NoEcho',
  'AllowedValues',
  'AllowedPattern',
  'ConstraintDescription',
  'MinLength',
  'MaxLength',
  'MinValue',
  'MaxValue',
]);

/** Reads one entry of `Parameters`. Throws `ValidationError`. */
export function readParameter(name: string, entry: TemplateObject): ParameterDeclaration {
  const unknown = Object.keys(entry).filter((member) => !members.has(member));
  if (unknown.length > 0)
    throw templateFormatError(`Invalid template parameter property '${unknown.join("', '")}' of ${name}`);
  const type = entry['Type'];
  if (type === undefined)
    throw templateFormatError(`Every Parameters object must contain a Type member (parameter ${name}).`);
  if (typeof type !== 'string' || !types.has(type))
    throw templateFormatError(`Unrecognized parameter type: ${JSON.stringify(type)}`);
  return {
    name,
    type,
    noEcho: scalarText(entry['NoEcho']) === 'true',
    ...texts(name, entry),
    ...bounds(name, entry),
    ...choices(name, entry),
  };
}

function texts(name: string, entry: TemplateObject) {
  return {
    ...text(name, entry, 'Default', 'default'),
    ...text(name, entry, 'Description', 'description'),
    ...text(name, entry, 'AllowedPattern', 'allowedPattern'),
    ...text(name, entry, 'ConstraintDescription', 'constraintDescription'),
  };
}

function text<K extends string>(
  name: string,
  entry: TemplateObject,
  member: string,
  key: K,
): Partial<Record<K, string>> {
  const value = entry[member];
  if (value === undefined) return {};
  const found = scalarText(value);
  if (found === undefined)
    throw templateFormatError(`Every ${member} member must be a string (parameter ${name}).`);
  return { [key]: found } as Record<K, string>;
}

function bounds(name: string, entry: TemplateObject) {
  return {
    ...bound(name, entry, 'MinLength', 'minLength'),
    ...bound(name, entry, 'MaxLength', 'maxLength'),
    ...bound(name, entry, 'MinValue', 'minValue'),
    ...bound(name, entry, 'MaxValue', 'maxValue'),
  };
}

function bound<K extends string>(
  name: string,
  entry: TemplateObject,
  member: string,
  key: K,
): Partial<Record<K, number>> {
  const value = entry[member];
  if (value === undefined) return {};
  const found = Number(scalarText(value));
  if (!Number.isFinite(found))
    throw templateFormatError(`Every ${member} member must be a number (parameter ${name}).`);
  return { [key]: found } as Record<K, number>;
}

function choices(name: string, entry: TemplateObject) {
  const value = entry['AllowedValues'];
  if (value === undefined) return {};
  if (!isTemplateList(value))
    throw templateFormatError(`Every AllowedValues member must be a list (parameter ${name}).`);
  return { allowedValues: value.map((item) => scalarText(item) ?? '') };
}
