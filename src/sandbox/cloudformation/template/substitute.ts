import type { Scope } from './scope.js';
import { templateError } from './template-error.js';
import {
  isTemplateList,
  isTemplateObject,
  scalarText,
  type TemplateObject,
  type TemplateValue,
} from './template-value.js';

const placeholder = /\$\{([^}]*)\}/g;

/** The names a `Fn::Sub` text refers to, without the escaped `${!Literal}` ones. */
export function placeholders(text: string): readonly string[] {
  return [...text.matchAll(placeholder)]
    .map((match) => (match[1] ?? '').trim())
    .filter((name) => !name.startsWith('!'));
}

/** The text and the variable map of a `Fn::Sub` argument. */
export function subParts(argument: TemplateValue): { text: string; variables: TemplateObject } {
  if (typeof argument === 'string') return { text: argument, variables: {} };
  const [text, variables] = isTemplateList(argument) && argument.length === 2 ? argument : [];
  if (typeof text !== 'string' || !isTemplateObject(variables))
    throw templateError(
      "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
    );
  return { text, variables };
}

/** `Fn::Sub`. `evaluate` is handed in because the variables are values of their own. */
export function substitute(
  argument: TemplateValue,
  scope: Scope,
  evaluate: (value: TemplateValue, scope: Scope) => TemplateValue | undefined,
): string {
  const { text, variables } = subParts(argument);
  return text.replaceAll(placeholder, (_, inner: string) => {
    const name = inner.trim();
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const variable = variables[name];
    const value = scalarText(variable === undefined ? lookUp(name, scope) : evaluate(variable, scope));
    if (value === undefined) throw templateError(`Fn::Sub: \${${name}} does not resolve to a string`);
    return value;
  });
}

function lookUp(name: string, scope: Scope): TemplateValue | undefined {
  const dot = name.indexOf('.');
  return dot < 0 ? scope.ref(name) : scope.attribute(name.slice(0, dot), name.slice(dot + 1));
}
