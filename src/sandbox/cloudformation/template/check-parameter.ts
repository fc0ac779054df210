import { validationError } from './template-error.js';
import type { ParameterDeclaration } from './template.js';

/** Checks the text of a parameter against its constraints. Throws `ValidationError` with CloudFormation's sentence. */
export function checkParameter(declaration: ParameterDeclaration, text: string): void {
  for (const item of declaration.type === 'CommaDelimitedList' || declaration.type === 'List<Number>'
    ? text.split(',')
    : [text]) {
    const problem = problemOf(declaration, item.trim());
    if (problem !== undefined) throw validationError(withConstraint(declaration, problem));
  }
}

function withConstraint({ name, constraintDescription }: ParameterDeclaration, problem: string): string {
  return constraintDescription === undefined
    ? `Parameter '${name}' ${problem}`
    : `Parameter ${name} failed to satisfy constraint: ${constraintDescription}`;
}

function problemOf(declaration: ParameterDeclaration, text: string): string | undefined {
  const { allowedValues, allowedPattern, minLength, maxLength } = declaration;
  if (allowedValues && !allowedValues.includes(text)) return 'must be one of AllowedValues';
  if (allowedPattern !== undefined && !matches(allowedPattern, text))
    return `must match pattern ${allowedPattern}`;
  if (minLength !== undefined && text.length < minLength)
    return `must contain at least ${minLength} characters`;
  if (maxLength !== undefined && text.length > maxLength)
    return `must contain at most ${maxLength} characters`;
  return numberProblem(declaration, text);
}

function numberProblem({ type, minValue, maxValue }: ParameterDeclaration, text: string): string | undefined {
  if (type !== 'Number' && type !== 'List<Number>') return undefined;
  const number = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) return 'must be a number';
  if (minValue !== undefined && number < minValue) return `must be a number not less than ${minValue}`;
  return maxValue !== undefined && number > maxValue
    ? `must be a number not greater than ${maxValue}`
    : undefined;
}

/** The pattern must match the whole value ("Parameters", AllowedPattern). */
function matches(pattern: string, text: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(text);
}
