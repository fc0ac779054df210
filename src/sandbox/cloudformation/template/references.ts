import { attributePath } from './attribute-path.js';
import { functionCall } from './evaluate.js';
import { placeholders, subParts } from './substitute.js';
import { isTemplateList, isTemplateObject, scalarText, type TemplateValue } from './template-value.js';

/** A mention of a parameter or resource in a template value; `attribute` when it asks for one. */
export interface Reference {
  readonly name: string;
  readonly attribute?: string;
}

/** Picks the branch of an `Fn::If` by the name of its condition. */
export type Decide = (condition: string) => boolean;

/** Every `Ref`, `Fn::GetAtt` and `Fn::Sub` mention in a value; in both branches of every `Fn::If` unless `decide` is given. */
export function referencesIn(value: TemplateValue, decide?: Decide): readonly Reference[] {
  if (isTemplateList(value)) return value.flatMap((item) => referencesIn(item, decide));
  if (!isTemplateObject(value)) return [];
  const call = functionCall(value);
  if (call?.name === 'Ref') return typeof call.argument === 'string' ? [{ name: call.argument }] : [];
  if (call?.name === 'Fn::GetAtt') return attributeReference(call.argument);
  if (call?.name === 'Fn::Sub') return subReferences(call.argument, decide);
  if (call?.name === 'Fn::If' && decide && isTemplateList(call.argument))
    return branchReferences(call.argument, decide);
  return Object.values(value).flatMap((inner) => referencesIn(inner, decide));
}

function attributeReference(argument: TemplateValue): readonly Reference[] {
  const { logicalId, attribute } = attributePath(argument);
  return [{ name: logicalId, attribute: scalarText(attribute) ?? '*' }, ...referencesIn(attribute)];
}

function branchReferences(
  [condition, yes, no]: readonly TemplateValue[],
  decide: Decide,
): readonly Reference[] {
  return referencesIn((decide(String(condition)) ? yes : no) ?? null, decide);
}

function subReferences(argument: TemplateValue, decide: Decide | undefined): readonly Reference[] {
  const { text, variables } = subParts(argument);
  const names = placeholders(text).filter((name) => variables[name] === undefined);
  return [
    ...names.map(fromPlaceholder),
    ...Object.values(variables).flatMap((inner) => referencesIn(inner, decide)),
  ];
}

function fromPlaceholder(name: string): Reference {
  const dot = name.indexOf('.');
  return dot < 0 ? { name } : { name: name.slice(0, dot), attribute: name.slice(dot + 1) };
}

/** Names of the conditions that `Fn::If` and `{Condition: …}` mention. */
export function conditionsIn(value: TemplateValue): readonly string[] {
  if (isTemplateList(value)) return value.flatMap(conditionsIn);
  if (!isTemplateObject(value)) return [];
  const call = functionCall(value);
  const named = call?.name === 'Fn::If' && isTemplateList(call.argument) ? call.argument[0] : undefined;
  return [...(typeof named === 'string' ? [named] : []), ...Object.values(value).flatMap(conditionsIn)];
}
