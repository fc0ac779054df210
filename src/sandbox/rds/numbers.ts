import { optionalText } from '../services/read-input.js';
import type { AwsStruct } from '../service.js';
import { invalidValue } from './errors.js';

/** A number, or undefined. @throws AwsError `InvalidParameterValue` outside of [low, high]. */
export function optionalBetween(
  input: AwsStruct,
  member: string,
  low: number,
  high: number,
): number | undefined {
  const text = optionalText(input, member);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isNaN(value) || value < low || value > high) {
    throw invalidValue(`Invalid value ${text} for ${member}. Must be between ${low} and ${high}`);
  }
  return value;
}
