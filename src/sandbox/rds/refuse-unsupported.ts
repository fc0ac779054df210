import { optionalText } from '../services/read-input.js';
import type { AwsStruct } from '../service.js';
import { unsupported } from './errors.js';

/** Members that would change what the caller gets, and that the sandbox cannot do. */
export function refuseUnsupported(input: AwsStruct, members: readonly string[]): void {
  const asked = members.find((member) => isAsked(input, member));
  if (asked !== undefined) throw unsupported(asked);
}

/** Present, and not merely switched off. */
export function isAsked(input: AwsStruct, member: string): boolean {
  const value = input[member];
  if (typeof value === 'object' && value !== null) return true;
  const text = optionalText(input, member);
  return text !== undefined && text.toLowerCase() !== 'false';
}
