import { parseTemplate } from './parse-template.js';
import { readOutput } from './read-output.js';
import { readParameter } from './read-parameter.js';
import { readResource } from './read-resource.js';
import { requireKnownNames } from './require-known-names.js';
import { templateFormatError, validationError } from './template-error.js';
import type { Template } from './template.js';
import { isTemplateObject, type TemplateObject } from './template-value.js';

/** Quotas of "Understand CloudFormation quotas": bytes of a body, entries of a section. */
const bodyBytes = 51_200;
const quotas = { Resources: 500, Parameters: 200, Outputs: 200, Mappings: 200 } as const;

const sections = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Transform',
  'Resources',
  'Outputs',
]);

/** Reads and checks a template. Throws `ValidationError` as CreateStack and ValidateTemplate do. */
export function readTemplate(text: string): Template {
  if (Buffer.byteLength(text) > bodyBytes)
    throw validationError(
      `1 validation error detected: Value '${text.slice(0, 40)}…' at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${bodyBytes}`,
    );
  const body = parseTemplate(text);
  checkSections(body);
  const template: Template = {
    text,
    body,
    ...(typeof body['Description'] === 'string' && { description: body['Description'] }),
    ...(body['Metadata'] !== undefined && { metadata: body['Metadata'] }),
    parameters: readEntries(section(body, 'Parameters'), readParameter),
    mappings: section(body, 'Mappings'),
    conditions: section(body, 'Conditions'),
    resources: readEntries(section(body, 'Resources'), readResource),
    outputs: readEntries(section(body, 'Outputs'), readOutput),
  };
  requireKnownNames(template);
  return template;
}

function checkSections(body: TemplateObject): void {
  const unknown = Object.keys(body).filter((name) => !sections.has(name));
  if (unknown.length > 0)
    throw templateFormatError(`Invalid template property or properties [${unknown.join(', ')}]`);
  const version = body['AWSTemplateFormatVersion'];
  if (version !== undefined && version !== '2010-09-09')
    throw templateFormatError(`Template format version not supported: ${JSON.stringify(version)}`);
  if (body['Transform'] !== undefined)
    throw validationError(`the sandbox supports no Transform: ${JSON.stringify(body['Transform'])}`);
  if (body['Rules'] !== undefined) throw validationError('The sandbox does not evaluate the section Rules');
  if (!isTemplateObject(body['Resources']) || Object.keys(body['Resources']).length === 0)
    throw templateFormatError('At least one Resources member must be defined.');
  for (const [name, most] of Object.entries(quotas)) {
    const count = Object.keys(section(body, name)).length;
    if (count > most)
      throw templateFormatError(
        `Number of ${name.toLowerCase()}, ${count}, is greater than maximum allowed, ${most}`,
      );
  }
}

function section(body: TemplateObject, name: string): TemplateObject {
  const value = body[name] ?? {};
  if (!isTemplateObject(value)) throw templateFormatError(`Every ${name} member must be an object.`);
  return value;
}

function readEntries<T>(
  entries: TemplateObject,
  read: (name: string, entry: TemplateObject) => T,
): ReadonlyMap<string, T> {
  return new Map(
    Object.entries(entries).map(([name, entry]) => {
      if (!isTemplateObject(entry))
        throw templateFormatError(`Every member of the template must be an object: ${name} is not.`);
      if (!/^[A-Za-z0-9]+$/.test(name)) throw templateFormatError(`Name '${name}' is non alphanumeric.`);
      return [name, read(name, entry)];
    }),
  );
}
