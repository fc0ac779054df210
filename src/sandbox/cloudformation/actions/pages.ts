import type { AwsStruct } from '../../service.js';
import { validationError } from '../template/template-error.js';
import { optionalText } from './request.js';

/** One page of a list. The token is the position the next page starts at. Throws `ValidationError` for another text. */
export function pageOf<T>(
  items: readonly T[],
  input: AwsStruct,
  size: number,
): { items: readonly T[]; nextToken: string | undefined } {
  const token = optionalText(input, 'NextToken');
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0) throw validationError(`Invalid NextToken: ${token ?? ''}`);
  const until = from + size;
  return { items: items.slice(from, until), nextToken: until < items.length ? String(until) : undefined };
}
