import { createHash } from 'node:crypto';
import { AwsError, type AwsStruct, type SandboxContext } from '../../service.js';
import { optionalFlag, optionalText, requiredText } from '../read-input.js';
import { mergeTags, readTags, type Tags } from '../tags.js';

export type ParameterType = 'String' | 'StringList' | 'SecureString';

export interface Parameter {
  readonly name: string;
  readonly tags: Tags;
  type: ParameterType;
  value: string;
  version: number;
  modified: Date;
  description: string | undefined;
  dataType: string;
  tier: string;
}

const types: readonly string[] = ['String', 'StringList', 'SecureString'] satisfies ParameterType[];

/** The SSM parameters of one Region; only the newest version of each is kept. */
export class ParameterStore {
  readonly parameters = new Map<string, Parameter>();

  constructor(private readonly context: SandboxContext) {}

  put(input: AwsStruct): Parameter {
    const name = requiredText(input, 'Name');
    const known = this.parameters.get(name);
    if (known !== undefined && optionalFlag(input, 'Overwrite') !== true) {
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    const parameter: Parameter = {
      name,
      tags: known?.tags ?? new Map<string, string>(),
      type: readType(input, known),
      value: requiredText(input, 'Value'),
      version: (known?.version ?? 0) + 1,
      modified: this.context.clock.now(),
      description: optionalText(input, 'Description') ?? known?.description,
      dataType: optionalText(input, 'DataType') ?? 'text',
      tier: optionalText(input, 'Tier') ?? 'Standard',
    };
    mergeTags(parameter.tags, readTags(input));
    this.parameters.set(name, parameter);
    return parameter;
  }

  /** By name, ARN, or `name:version`. */
  find(id: string): Parameter | undefined {
    const name = id.replace(/^arn:aws:ssm:[^:]+:\d+:parameter/, '');
    const exact = this.parameters.get(name) ?? this.parameters.get(name.replace(/^\//, ''));
    if (exact !== undefined) return exact;
    const [, base = '', version] = /^(.+):(\d+)$/.exec(name) ?? [];
    const found = this.parameters.get(base);
    return found?.version === Number(version) ? found : undefined;
  }

  /** As `find`. @throws AwsError `ParameterNotFound`. */
  get(id: string): Parameter {
    const parameter = this.find(id);
    if (parameter === undefined) throw new AwsError('ParameterNotFound', `Parameter ${id} not found.`);
    return parameter;
  }

  arn(name: string): string {
    const { region, accountId } = this.context;
    return `arn:aws:ssm:${region}:${accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
  }
}

function readType(input: AwsStruct, known: Parameter | undefined): ParameterType {
  const type = optionalText(input, 'Type') ?? known?.type;
  if (type === undefined) {
    throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
  }
  if (!isType(type))
    throw new AwsError('UnsupportedParameterType', `The parameter type ${type} is not supported.`);
  return type;
}

function isType(type: string): type is ParameterType {
  return types.includes(type);
}

/** What a caller sees of a SecureString without asking for decryption: something that tells nothing of the value. */
export function sealed(value: string): string {
  return `AQICAH${createHash('sha256').update(value).digest('base64')}`;
}
