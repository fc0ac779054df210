import { checkParameter } from './check-parameter.js';
import { validationError } from './template-error.js';
import type { ParameterDeclaration } from './template.js';
import type { TemplateValue } from './template-value.js';

/** One entry of the `Parameters` of a request. */
export interface GivenParameter {
  readonly name: string;
  readonly value?: string;
  readonly usePrevious: boolean;
}

/** A parameter of a stack: what was given, and what `Ref` yields. */
export interface ParameterValue {
  readonly name: string;
  readonly type: string;
  readonly given: string;
  /** Only for `AWS::SSM::Parameter::Value<…>`: the value that stood in Parameter Store. */
  readonly resolved?: string;
  readonly noEcho: boolean;
  readonly value: TemplateValue;
}

/** Look-ups that parameter types ask for. */
export interface ParameterSources {
  /** Values of SSM parameters by name; a name that is missing has no entry. */
  readSsm(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Whether a resource id of an AWS-specific parameter type exists. */
  exists(type: string, id: string): Promise<boolean>;
}

/**
 * Binds the parameters of a template. An omitted one falls back to the default of the template, never to the previous
 * value (UpdateStack: `UsePreviousValue`). Throws `ValidationError`.
 */
export async function resolveParameters(
  declarations: ReadonlyMap<string, ParameterDeclaration>,
  given: readonly GivenParameter[],
  previous: ReadonlyMap<string, ParameterValue>,
  sources: ParameterSources,
): Promise<ReadonlyMap<string, ParameterValue>> {
  const unknown = given.filter(({ name }) => !declarations.has(name)).map(({ name }) => name);
  if (unknown.length > 0)
    throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const texts = new Map<string, string>();
  const missing: string[] = [];
  for (const declaration of declarations.values()) {
    const text = givenText(
      declaration,
      given.find(({ name }) => name === declaration.name),
      previous,
    );
    if (text === undefined) missing.push(declaration.name);
    else texts.set(declaration.name, text);
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  return bind(declarations, texts, sources);
}

function givenText(
  declaration: ParameterDeclaration,
  given: GivenParameter | undefined,
  previous: ReadonlyMap<string, ParameterValue>,
): string | undefined {
  if (!given?.usePrevious) return given?.value ?? declaration.default;
  if (given.value !== undefined)
    throw validationError(
      `Invalid input for parameter key ${given.name}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
    );
  const kept = previous.get(declaration.name);
  if (!kept)
    throw validationError(
      `Invalid input for parameter key ${given.name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
    );
  return kept.given;
}

async function bind(
  declarations: ReadonlyMap<string, ParameterDeclaration>,
  texts: ReadonlyMap<string, string>,
  sources: ParameterSources,
): Promise<ReadonlyMap<string, ParameterValue>> {
  const stored = await storedValues(declarations, texts, sources);
  const values = new Map<string, ParameterValue>();
  for (const declaration of declarations.values()) {
    const { name, type, noEcho } = declaration;
    const given = texts.get(name) ?? '';
    checkParameter(declaration, given);
    const resolved = ssmValueType(type) === undefined ? undefined : stored.get(given);
    const value = typed(ssmValueType(type) ?? type, resolved ?? given);
    await requireExisting(declaration, value, sources);
    values.set(name, { name, type, given, noEcho, value, ...(resolved !== undefined && { resolved }) });
  }
  return values;
}

async function storedValues(
  declarations: ReadonlyMap<string, ParameterDeclaration>,
  texts: ReadonlyMap<string, string>,
  sources: ParameterSources,
): Promise<ReadonlyMap<string, string>> {
  const names = [...declarations.values()]
    .filter(({ type }) => ssmValueType(type) !== undefined)
    .map(({ name }) => texts.get(name) ?? '');
  if (names.length === 0) return new Map();
  const stored = await sources.readSsm([...new Set(names)]);
  const missing = names.filter((name) => !stored.has(name));
  if (missing.length > 0)
    throw validationError(
      `Unable to fetch parameters [${missing.join(',')}] from parameter store for this account.`,
    );
  return stored;
}

function ssmValueType(type: string): string | undefined {
  return /^AWS::SSM::Parameter::Value<(.*)>$/.exec(type)?.[1];
}

function isList(type: string): boolean {
  return type === 'CommaDelimitedList' || type.startsWith('List<');
}

function typed(type: string, text: string): TemplateValue {
  return isList(type) ? text.split(',').map((item) => item.trim()) : text;
}

async function requireExisting(
  declaration: ParameterDeclaration,
  value: TemplateValue,
  sources: ParameterSources,
): Promise<void> {
  const type = declaration.type.replace(/^(?:List|AWS::SSM::Parameter::Value)<(.*)>$/, '$1');
  if (!type.startsWith('AWS::EC2::')) return;
  for (const id of Array.isArray(value) ? value : [value])
    if (!(await sources.exists(type, String(id))))
      throw validationError(
        `Template validation error: Parameter validation failed: parameter value ${String(id)} for parameter name ${declaration.name} does not exist`,
      );
}
