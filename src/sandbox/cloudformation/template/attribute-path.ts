import { templateError } from './template-error.js';
import { isTemplateList, type TemplateValue } from './template-value.js';

/**
 * The argument of `Fn::GetAtt`: `Logical.Attribute.With.Dots` (split at the first dot only) or a list of two.
 * The attribute may be a function of its own. Throws `ValidationError`.
 */
export function attributePath(argument: TemplateValue): { logicalId: string; attribute: TemplateValue } {
  const parts = typeof argument === 'string' ? splitAtDot(argument) : argument;
  const [logicalId, attribute] = isTemplateList(parts) && parts.length === 2 ? parts : [];
  if (typeof logicalId !== 'string' || attribute === undefined || attribute === null)
    throw templateError(
      'every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
    );
  return { logicalId, attribute };
}

function splitAtDot(text: string): readonly string[] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}
