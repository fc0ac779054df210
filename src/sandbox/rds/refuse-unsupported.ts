import { optionalFlag, optionalText } from '../services/read-input.js';
import type { AwsStruct } from '../service.js';
import { unsupported } from './errors.js';

/** Members that would change what the caller gets, and that the sandbox cannot do. */
export function refuseUnsupported(input: AwsStruct, members: readonly string[]): void {
  for (const member of members) {
    if (optionalText(input, member) !== undefined && optionalFlag(input, member) !== false)
      throw unsupported(member);
    if (typeof input[member] === 'object' && input[member] !== null) throw unsupported(member);
  }
}
