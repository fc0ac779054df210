import { attributePath } from './attribute-path.js';
import { cidrBlocks } from './cidr.js';
import type { Scope } from './scope.js';
import { substitute } from './substitute.js';
import { templateError } from './template-error.js';
import {
  isTemplateList,
  isTemplateObject,
  scalarText,
  type TemplateObject,
  type TemplateValue,
} from './template-value.js';

type Function = (argument: TemplateValue, scope: Scope) => TemplateValue | undefined;

/** Computes a template value; `undefined` means `AWS::NoValue`, which vanishes from the list or object around it. */
export function evaluate(value: TemplateValue, scope: Scope): TemplateValue | undefined {
  if (isTemplateList(value))
    return value.flatMap((item) => evaluate(item, scope) ?? []) as readonly TemplateValue[];
  if (!isTemplateObject(value)) return value;
  const call = functionCall(value);
  if (call) return apply(call.name, call.argument, scope);
  return evaluateObject(value, scope);
}

/** Like `evaluate`, for an object that is not itself a function call. */
export function evaluateObject(value: TemplateObject, scope: Scope): TemplateObject {
  const entries = Object.entries(value).map(([key, inner]) => [key, evaluate(inner, scope)] as const);
  return Object.fromEntries(entries.filter((pair): pair is [string, TemplateValue] => pair[1] !== undefined));
}

/** A function call is an object with one key that names a function. */
export function functionCall(value: TemplateObject): { name: string; argument: TemplateValue } | undefined {
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0) return undefined;
  if (name !== 'Ref' && !name.startsWith('Fn::')) return undefined;
  return { name, argument: value[name] ?? null };
}

function apply(name: string, argument: TemplateValue, scope: Scope): TemplateValue | undefined {
  const implementation = functions.get(name);
  if (!implementation) throw templateError(`the sandbox does not support the function ${name}`);
  return implementation(argument, scope);
}

function text(value: TemplateValue | undefined, what: string): string {
  const found = scalarText(value);
  if (found === undefined) throw templateError(`${what} must be a string`);
  return found;
}

function list(value: TemplateValue | undefined, what: string): readonly TemplateValue[] {
  if (!isTemplateList(value)) throw templateError(`${what} must be a list`);
  return value;
}

/** A list that is written out, of a fixed length. Its items are not evaluated yet. */
function tuple(
  argument: TemplateValue,
  lengths: readonly number[],
  message: string,
): readonly TemplateValue[] {
  if (!isTemplateList(argument) || !lengths.includes(argument.length)) throw templateError(message);
  return argument;
}

function isTrue(value: TemplateValue | undefined): boolean {
  const found = scalarText(value);
  if (found === 'true') return true;
  if (found === 'false') return false;
  throw templateError('every condition must evaluate to true or false');
}

/** A condition: a function, or `{Condition: name}`. */
export function evaluateCondition(value: TemplateValue, scope: Scope): boolean {
  if (isTemplateObject(value) && typeof value['Condition'] === 'string')
    return scope.condition(value['Condition']);
  return isTrue(evaluate(value, scope));
}

function conditions(argument: TemplateValue, name: string, scope: Scope): readonly boolean[] {
  if (!isTemplateList(argument) || argument.length < 2 || argument.length > 10)
    throw templateError(
      `every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`,
    );
  return argument.map((item) => evaluateCondition(item, scope));
}

function choose(argument: TemplateValue, scope: Scope): TemplateValue | undefined {
  const [name, yes, no] = tuple(argument, [3], 'Fn::If requires a list argument with three elements');
  const branch = scope.condition(text(name, 'the condition of Fn::If')) ? yes : no;
  return evaluate(branch ?? null, scope);
}

function join(argument: TemplateValue, scope: Scope): TemplateValue {
  const [delimiter, parts] = tuple(
    argument,
    [2],
    'every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined',
  );
  const items = list(evaluate(parts ?? null, scope), 'the second parameter of Fn::Join');
  return items
    .map((item) => text(item, 'every item of Fn::Join'))
    .join(text(delimiter, 'the delimiter of Fn::Join'));
}

function select(argument: TemplateValue, scope: Scope): TemplateValue {
  const [position, from] = tuple(
    argument,
    [2],
    'Fn::Select requires a list argument with two elements: an integer index and a list',
  );
  const index = Number(text(evaluate(position ?? null, scope), 'the index of Fn::Select'));
  const items = list(evaluate(from ?? null, scope), 'the second parameter of Fn::Select');
  const chosen = Number.isInteger(index) ? items[index] : undefined;
  if (chosen === undefined)
    throw templateError(`Fn::Select cannot select nonexistent value at index ${index}`);
  return chosen;
}

function split(argument: TemplateValue, scope: Scope): TemplateValue {
  const [delimiter, source] = tuple(
    argument,
    [2],
    'every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split',
  );
  const separator = text(delimiter, 'the delimiter of Fn::Split');
  if (separator === '') throw templateError('the delimiter of Fn::Split must not be empty');
  return text(evaluate(source ?? null, scope), 'the second parameter of Fn::Split').split(separator);
}

function equals(argument: TemplateValue, scope: Scope): TemplateValue {
  const sides = tuple(argument, [2], 'Fn::Equals requires a list argument with two elements').map((side) =>
    evaluate(side, scope),
  );
  const [left, right] = sides.map((side) => scalarText(side) ?? JSON.stringify(side));
  return left === right;
}

function findInMap(argument: TemplateValue, scope: Scope): TemplateValue {
  const keys = tuple(
    argument,
    [3],
    'every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value',
  ).map((key) => text(evaluate(key, scope), 'every key of Fn::FindInMap'));
  let found: TemplateValue | undefined = scope.mappings;
  for (const key of keys) {
    found = isTemplateObject(found) ? found[key] : undefined;
    if (found === undefined) throw templateError(`Unable to get mapping for ${keys.join('::')}`);
  }
  return found ?? null;
}

function attribute(argument: TemplateValue, scope: Scope): TemplateValue {
  const path = attributePath(argument);
  return scope.attribute(
    path.logicalId,
    text(evaluate(path.attribute, scope), 'the attribute of Fn::GetAtt'),
  );
}

function cidr(argument: TemplateValue, scope: Scope): TemplateValue {
  const parts = tuple(
    argument,
    [2, 3],
    'every Fn::Cidr object requires two or three parameters: the block, the count and the bits',
  );
  const [block, count, bits] = parts.map((part) =>
    text(evaluate(part, scope), 'every parameter of Fn::Cidr'),
  );
  return cidrBlocks(block ?? '', Number(count), bits === undefined ? 8 : Number(bits));
}

const functions = new Map<string, Function>([
  ['Ref', (argument, scope) => scope.ref(text(argument, 'every Ref'))],
  ['Fn::GetAtt', attribute],
  ['Fn::Sub', (argument, scope) => substitute(argument, scope, evaluate)],
  ['Fn::Join', join],
  ['Fn::Select', select],
  ['Fn::Split', split],
  ['Fn::If', choose],
  ['Fn::Equals', equals],
  ['Fn::And', (argument, scope) => conditions(argument, 'Fn::And', scope).every(Boolean)],
  ['Fn::Or', (argument, scope) => conditions(argument, 'Fn::Or', scope).some(Boolean)],
  [
    'Fn::Not',
    (argument, scope) =>
      !evaluateCondition(
        tuple(argument, [1], 'every Fn::Not object requires a list of one boolean parameter.')[0] ?? null,
        scope,
      ),
  ],
  ['Fn::FindInMap', findInMap],
  [
    'Fn::ImportValue',
    (argument, scope) =>
      scope.importValue(text(evaluate(argument, scope), 'the argument of Fn::ImportValue')),
  ],
  [
    'Fn::GetAZs',
    (argument, scope) => scope.zones(text(evaluate(argument, scope), 'the argument of Fn::GetAZs')),
  ],
  ['Fn::Cidr', cidr],
  [
    'Fn::Base64',
    (argument, scope) =>
      Buffer.from(text(evaluate(argument, scope), 'the argument of Fn::Base64')).toString('base64'),
  ],
]);
