import { AwsError, type AwsStruct } from '../service.js';
import { optionalNumber, optionalText } from './read-input.js';

/** Names of the members that carry the page size and the token; their case differs from service to service. */
export interface PageMembers {
  readonly size: string;
  readonly token: string;
  readonly defaultSize: number;
  /** Wire code when the token is not one of ours. */
  readonly badToken: string;
}

export interface Page<T> {
  readonly items: T[];
  readonly next: string | undefined;
}

/** One page of `items`, as the request asks for it. @throws AwsError on a token that this sandbox did not give out. */
export function paginate<T>(items: readonly T[], input: AwsStruct, members: PageMembers): Page<T> {
  const token = optionalText(input, members.token);
  const start = token === undefined ? 0 : readToken(token, members.badToken);
  const size = Math.max(1, optionalNumber(input, members.size) ?? members.defaultSize);
  const end = start + size;
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(`page:${String(end)}`).toString('base64url') : undefined,
  };
}

function readToken(token: string, badToken: string): number {
  const match = /^page:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
  if (match === null) throw new AwsError(badToken, 'The pagination token is invalid');
  return Number(match[1]);
}
