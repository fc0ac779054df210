import type { CollectionTag, ScalarTag, Tags } from 'yaml';

/** Functions with a YAML short form (CloudFormation User Guide, "Intrinsic function reference"). */
const functions = [
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'GetAZs',
  'GetAtt',
  'If',
  'ImportValue',
  'Join',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
];

const longNames = new Map<string, string>([
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...functions.map((name): [string, string] => [`!${name}`, `Fn::${name}`]),
]);

/** YAML 1.1 types that CloudFormation does not support, or that would turn text into dates and times. */
const unsupported = new Set(['binary', 'merge', 'omap', 'pairs', 'set', 'timestamp']);

/** The function a tag stands for, e.g. `!GetAtt` for `Fn::GetAtt`. */
export function longName(tag: string): string | undefined {
  return longNames.get(tag);
}

const shortForms: readonly (ScalarTag | CollectionTag)[] = [...longNames.keys()].flatMap((tag) => [
  { tag, resolve: (text: string) => text },
  { tag, collection: 'seq' as const },
  { tag, collection: 'map' as const },
]);

function isSupported(tag: Tags[number]): boolean {
  if (typeof tag === 'string') return !unsupported.has(tag);
  const sexagesimal = 'format' in tag && tag.format === 'TIME';
  return !sexagesimal && !unsupported.has(tag.tag.replace('tag:yaml.org,2002:', ''));
}

/** YAML 1.1 without what CloudFormation leaves out, with its short forms (User Guide, "CloudFormation template formats"). */
export function templateTags(tags: Tags): Tags {
  return [...tags.filter(isSupported).map(withoutLetters), ...shortForms];
}

/** CloudFormation reads `yes` and `off` as booleans, as YAML 1.1 says, but a lone `y` or `n` as text. */
function withoutLetters(tag: Tags[number]): Tags[number] {
  if (typeof tag === 'string' || 'collection' in tag || !tag.tag.endsWith(':bool')) return tag;
  const isTrue = tag.test?.test('y') === true;
  return {
    ...tag,
    test: isTrue
      ? /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/
      : /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/,
  };
}
