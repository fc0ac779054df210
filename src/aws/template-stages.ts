import { isMap, isScalar } from 'yaml';
import { parseTemplate } from './stack-template.js';

/** Long lines stay whole, so that a function's text is not folded. */
const printing = { lineWidth: 0 } as const;

/**
 * The template of an IMPORT change set: these resources as they are written, and nothing that would be added. Every
 * one gets a DeletionPolicy, which CloudFormation asks for. Source: "Import AWS resources into a CloudFormation stack".
 */
export function keepResources(text: string, logicalIds: readonly string[]): string {
  const document = parseTemplate(text);
  const resources = document.get('Resources');
  if (isMap(resources)) {
    for (const name of resources.items.map(({ key }) => (isScalar(key) ? String(key.value) : '')))
      if (!logicalIds.includes(name)) resources.delete(name);
    for (const name of logicalIds) {
      document.deleteIn(['Resources', name, 'DependsOn']);
      if (!document.hasIn(['Resources', name, 'DeletionPolicy']))
        document.setIn(['Resources', name, 'DeletionPolicy'], 'Retain');
    }
  }
  document.delete('Outputs');
  return document.toString(printing);
}

/**
 * The template with every ECS service at no tasks, so that a stack can stand before its application runs; the same
 * text when there is no service.
 */
export function withoutTasks(text: string): string {
  const document = parseTemplate(text);
  const resources = document.get('Resources');
  const services = isMap(resources)
    ? resources.items.flatMap(({ key, value }) =>
        isScalar(key) && isMap(value) && value.get('Type') === 'AWS::ECS::Service' ? [String(key.value)] : [],
      )
    : [];
  if (services.length === 0) return text;
  // A node, not a number: a number would take the tag of the !Ref that it replaces.
  for (const name of services)
    document.setIn(['Resources', name, 'Properties', 'DesiredCount'], document.createNode(0));
  return document.toString(printing);
}
