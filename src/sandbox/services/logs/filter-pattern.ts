import { AwsError } from '../../service.js';

/**
 * A filter pattern for unstructured events (CloudWatch Logs User Guide, "Filter pattern syntax"): all plain terms, at least
 * one of the `?terms`, none of the `-terms`; quotes hold a phrase together. Matching is case-sensitive.
 * @throws AwsError `InvalidParameterException` for JSON, space-delimited and regular expression patterns.
 */
export function filterPattern(pattern: string): (message: string) => boolean {
  if (/^\s*[{[%]/.test(pattern)) {
    throw new AwsError(
      'InvalidParameterException',
      `The sandbox does not support the filter pattern ${pattern}`,
    );
  }
  const terms = [...pattern.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(
    ([, sign, quoted, plain]) => ({
      sign: sign ?? '',
      text: quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '',
    }),
  );
  const having = (sign: string): string[] =>
    terms.filter((term) => term.sign === sign).map(({ text }) => text);
  const [all, any, none] = [having(''), having('?'), having('-')];
  return (message) =>
    all.every((text) => message.includes(text)) &&
    (any.length === 0 || any.some((text) => message.includes(text))) &&
    !none.some((text) => message.includes(text));
}
