import { AwsError, type AwsStruct } from '../../service.js';
import { optionalFlag, optionalNumber, optionalText } from '../read-input.js';

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const digits = '0123456789';
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const longest = 4096;

/**
 * A password by the rules of GetRandomPassword (AWS Secrets Manager API Reference): 32 characters unless told otherwise, at
 * least one of each included kind unless `RequireEachIncludedType` is false.
 */
export function randomPassword(input: AwsStruct, random: () => number): string {
  const length = optionalNumber(input, 'PasswordLength') ?? 32;
  const kinds = includedKinds(input).filter((kind) => kind !== '');
  if (kinds.length === 0)
    throw new AwsError('InvalidParameterException', 'No characters are left to choose from.');
  const eachKind = optionalFlag(input, 'RequireEachIncludedType') ?? true;
  const least = eachKind ? kinds.length : 1;
  if (length < least || length > longest) {
    throw new AwsError(
      'InvalidParameterException',
      `PasswordLength must be between ${String(least)} and 4096.`,
    );
  }
  const pick = (alphabet: string): string => alphabet.charAt(Math.floor(random() * alphabet.length));
  const required = eachKind ? kinds.map(pick) : [];
  const all = kinds.join('');
  const rest = Array.from({ length: length - required.length }, () => pick(all));
  return shuffled([...required, ...rest], random).join('');
}

function includedKinds(input: AwsStruct): string[] {
  const excluded = new Set(optionalText(input, 'ExcludeCharacters') ?? '');
  const kinds: [string, string][] = [
    [lower, 'ExcludeLowercase'],
    [upper, 'ExcludeUppercase'],
    [digits, 'ExcludeNumbers'],
    [punctuation, 'ExcludePunctuation'],
  ];
  const included = kinds.filter(([, flag]) => optionalFlag(input, flag) !== true).map(([kind]) => kind);
  if (optionalFlag(input, 'IncludeSpace') === true) included.push(' ');
  return included.map((kind) =>
    Array.from(kind)
      .filter((character) => !excluded.has(character))
      .join(''),
  );
}

function shuffled(items: readonly string[], random: () => number): string[] {
  const result = [...items];
  for (let index = result.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    const [left, right] = [result[index] ?? '', result[other] ?? ''];
    result[index] = right;
    result[other] = left;
  }
  return result;
}
