import { AwsError, type AwsStruct, type AwsValue } from '../service.js';

/*
 * Members of a decoded request. The query protocols send every scalar as text and an empty list as empty text; JSON sends
 * native values; CloudFormation calls with either.
 */

export function optionalText(input: AwsStruct, member: string): string | undefined {
  const value = input[member];
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'object' ? undefined : String(value);
}

/** @throws AwsError `code` when the member is missing. */
export function requiredText(input: AwsStruct, member: string, code = 'ValidationException'): string {
  const value = optionalText(input, member);
  if (value === undefined) throw new AwsError(code, `The request must contain the parameter ${member}`);
  return value;
}

/** @throws AwsError `ValidationException` when there is a value and it is no number. */
export function optionalNumber(input: AwsStruct, member: string): number | undefined {
  const text = optionalText(input, member);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isNaN(value)) throw new AwsError('ValidationException', `${member} must be a number`);
  return value;
}

export function optionalFlag(input: AwsStruct, member: string): boolean | undefined {
  const text = optionalText(input, member);
  return text === undefined ? undefined : text.toLowerCase() === 'true';
}

/** A point in time: a Date (CBOR), epoch seconds (JSON) or ISO text (query). */
export function optionalTime(input: AwsStruct, member: string): Date | undefined {
  const value = input[member];
  if (value instanceof Date) return value;
  const text = optionalText(input, member);
  if (text === undefined) return undefined;
  const time = /^[\d.]+$/.test(text) ? new Date(Number(text) * 1000) : new Date(zoned(text));
  if (Number.isNaN(time.getTime())) throw new AwsError('ValidationException', `${member} must be a time`);
  return time;
}

/** AWS reads a time without a zone as UTC. */
function zoned(text: string): string {
  return /T[\d:.]+$/.test(text) ? `${text}Z` : text;
}

/** An absent or empty list is []. */
export function list(input: AwsStruct, member: string): readonly AwsValue[] {
  const value = input[member];
  return Array.isArray(value) ? (value as readonly AwsValue[]) : [];
}

export function texts(input: AwsStruct, member: string): string[] {
  return list(input, member).flatMap((value) => (isScalar(value) ? [String(value)] : []));
}

export function structs(input: AwsStruct, member: string): AwsStruct[] {
  return list(input, member).filter(isStruct);
}

export function optionalStruct(input: AwsStruct, member: string): AwsStruct | undefined {
  const value = input[member];
  return isStruct(value) ? value : undefined;
}

/** A map of text to text, as JSON services carry tags and options. */
export function textMap(input: AwsStruct, member: string): Map<string, string> {
  const entries = Object.entries(optionalStruct(input, member) ?? {});
  return new Map(entries.flatMap(([key, value]) => (isScalar(value) ? [[key, String(value)]] : [])));
}

function isScalar(value: AwsValue): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function isStruct(value: AwsValue): value is AwsStruct {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
