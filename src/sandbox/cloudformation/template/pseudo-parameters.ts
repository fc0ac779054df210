import type { TemplateValue } from './template-value.js';

/** Where a stack stands; the source of its pseudo parameters. */
export interface StackPlace {
  readonly stackId: string;
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  readonly notificationArns: readonly string[];
}

const names = new Set([
  'AccountId',
  'NotificationARNs',
  'NoValue',
  'Partition',
  'Region',
  'StackId',
  'StackName',
  'URLSuffix',
]);

export function isPseudoParameter(name: string): boolean {
  return name.startsWith('AWS::') && names.has(name.slice('AWS::'.length));
}

/** The value of a pseudo parameter; `undefined` for `AWS::NoValue`. */
export function pseudoParameter(name: string, place: StackPlace): TemplateValue | undefined {
  const values: Record<string, TemplateValue> = {
    'AWS::AccountId': place.accountId,
    'AWS::NotificationARNs': place.notificationArns,
    'AWS::Partition': 'aws',
    'AWS::Region': place.region,
    'AWS::StackId': place.stackId,
    'AWS::StackName': place.stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  return values[name];
}
