import type { AwsStruct, SandboxContext } from '../../service.js';
import { ResourceFailure } from '../engine/resource-failure.js';
import { isTemplateObject, type TemplateObject } from '../template/template-value.js';
import { textAt } from './answers.js';
import { awsTags } from './aws-tags.js';
import { pick, textOf } from './generated-name.js';
import type {
  CreateRequest,
  LiveResource,
  ResourceProvider,
  ResourceRequest,
  UpdateRequest,
} from './resource-provider.js';
import { boolean, integer, object, tags, text } from './schema.js';
import { tagChanges } from './tag-changes.js';
import { unlessMissing } from './wait-until.js';

const generateSchema = object({
  ExcludeCharacters: text,
  ExcludeLowercase: boolean,
  ExcludeNumbers: boolean,
  ExcludePunctuation: boolean,
  ExcludeUppercase: boolean,
  GenerateStringKey: text,
  IncludeSpace: boolean,
  PasswordLength: integer,
  RequireEachIncludedType: boolean,
  SecretStringTemplate: text,
});

/** AWS::SecretsManager::Secret. `Ref` and `Id` are the ARN. */
export const secret: ResourceProvider = {
  type: 'AWS::SecretsManager::Secret',
  schema: object({
    Name: text,
    Description: text,
    KmsKeyId: text,
    SecretString: text,
    GenerateSecretString: generateSchema,
    Tags: tags,
  }),
  createOnly: ['Name'],
  nameProperty: 'Name',
  attributes: ['Id'],
  writeOnly: ['SecretString', 'GenerateSecretString'],
  identifier: ['Id'],
  create,
  update,
  // Stacks delete secrets for good: no recovery window ("DeletionPolicy attribute", note on secrets).
  delete: async ({ context, physicalId }) => {
    await unlessMissing(async () =>
      context.call('secretsmanager', 'DeleteSecret', {
        SecretId: physicalId,
        ForceDeleteWithoutRecovery: true,
      }),
    );
  },
  read: async ({ context, physicalId }) => {
    const found = await unlessMissing(async () =>
      context.call('secretsmanager', 'DescribeSecret', { SecretId: physicalId }),
    );
    return (
      found && {
        ...live(textAt(found, 'ARN')),
        properties: { Name: textAt(found, 'Name'), Description: textAt(found, 'Description') },
      }
    );
  },
};

async function create(request: CreateRequest): Promise<LiveResource> {
  const { context, properties, logicalId, suffix, tags: all } = request;
  const value = await valueOf(request);
  const answer = await context.call('secretsmanager', 'CreateSecret', {
    ...pick(properties, ['Description', 'KmsKeyId']),
    Name: textOf(properties, 'Name') ?? `${logicalId}-${suffix}`,
    SecretString: value,
    ClientRequestToken: `${suffix}-${suffix}-${suffix}`,
    Tags: awsTags(all),
  });
  request.started(textAt(answer, 'ARN'));
  return live(textAt(answer, 'ARN'));
}

/** The value a template asks for: given, or generated into its template. */
async function valueOf({ context, properties }: ResourceRequest): Promise<string> {
  const given = textOf(properties, 'SecretString');
  const generate = properties['GenerateSecretString'];
  if (given !== undefined && generate !== undefined)
    throw new ResourceFailure("You can't specify both SecretString and GenerateSecretString");
  if (given !== undefined) return given;
  return generated(context, isTemplateObject(generate) ? generate : {});
}

async function generated(context: SandboxContext, options: TemplateObject): Promise<string> {
  const { SecretStringTemplate: template, GenerateStringKey: key, ...password } = options;
  if ((template === undefined) !== (key === undefined))
    throw new ResourceFailure('SecretStringTemplate and GenerateStringKey must be given together');
  const input: AwsStruct = password;
  const answer = await context.call('secretsmanager', 'GetRandomPassword', input);
  const value = textAt(answer, 'RandomPassword');
  return typeof template === 'string' && typeof key === 'string' ? intoTemplate(template, key, value) : value;
}

function intoTemplate(template: string, key: string, value: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(template);
  } catch (error) {
    throw new ResourceFailure('SecretStringTemplate is not valid JSON', { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null)
    throw new ResourceFailure('SecretStringTemplate must be a JSON object');
  return JSON.stringify({ ...parsed, [key]: value });
}

/** A change of GenerateSecretString makes a new value; other changes leave the value alone. */
async function update(request: UpdateRequest): Promise<LiveResource> {
  const { context, physicalId, previous, properties } = request;
  const same =
    JSON.stringify([previous['SecretString'], previous['GenerateSecretString']]) ===
    JSON.stringify([properties['SecretString'], properties['GenerateSecretString']]);
  const value = same ? {} : { SecretString: await valueOf(request) };
  await context.call('secretsmanager', 'UpdateSecret', {
    SecretId: physicalId,
    ...pick(properties, ['Description', 'KmsKeyId']),
    ...value,
  });
  const { added, removed } = tagChanges(request);
  if (removed.length > 0)
    await context.call('secretsmanager', 'UntagResource', { SecretId: physicalId, TagKeys: removed });
  if (added.length > 0)
    await context.call('secretsmanager', 'TagResource', { SecretId: physicalId, Tags: awsTags(added) });
  return live(physicalId);
}

function live(arn: string): LiveResource {
  return { physicalId: arn, attributes: { Id: arn } };
}
