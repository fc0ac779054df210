import type { SandboxContext } from '../../service.js';
import {
  isTemplateList,
  isTemplateObject,
  scalarText,
  type TemplateObject,
  type TemplateValue,
} from '../template/template-value.js';
import { structsAt, textAt } from './answers.js';
import { awsTags } from './aws-tags.js';
import { nameOf, pick, textOf } from './generated-name.js';
import type { DeleteRequest, LiveResource, ResourceProvider } from './resource-provider.js';
import { integer, json, list, object, tags, text } from './schema.js';
import { tagChanges } from './tag-changes.js';
import { unlessMissing } from './wait-until.js';

/** AWS::IAM::Role. `Ref` is the name. */
export const iamRole: ResourceProvider = {
  type: 'AWS::IAM::Role',
  schema: object(
    {
      AssumeRolePolicyDocument: json,
      Description: text,
      ManagedPolicyArns: list(text),
      MaxSessionDuration: integer,
      Path: text,
      PermissionsBoundary: text,
      Policies: list(object({ PolicyName: text, PolicyDocument: json }, ['PolicyName', 'PolicyDocument'])),
      RoleName: text,
      Tags: tags,
    },
    ['AssumeRolePolicyDocument'],
  ),
  createOnly: ['Path', 'RoleName'],
  nameProperty: 'RoleName',
  attributes: ['Arn', 'RoleId'],
  identifier: ['RoleName'],
  create: async (request) => {
    const { context, properties } = request;
    const name = nameOf(request, 'RoleName', 64);
    const answer = await context.call('iam', 'CreateRole', {
      ...pick(properties, ['Description', 'MaxSessionDuration', 'Path', 'PermissionsBoundary']),
      RoleName: name,
      AssumeRolePolicyDocument: documentText(properties['AssumeRolePolicyDocument']),
      Tags: awsTags(request.tags),
    });
    request.started(name);
    await setPolicies(context, name, {}, properties);
    return {
      physicalId: name,
      attributes: { Arn: textAt(answer, 'Role', 'Arn'), RoleId: textAt(answer, 'Role', 'RoleId') },
    };
  },
  update: async (request): Promise<LiveResource> => {
    const { context, physicalId, previous, properties } = request;
    const document = documentText(properties['AssumeRolePolicyDocument']);
    await context.call('iam', 'UpdateAssumeRolePolicy', { RoleName: physicalId, PolicyDocument: document });
    const described = pick(properties, ['Description', 'MaxSessionDuration']);
    if (Object.keys(described).length > 0)
      await context.call('iam', 'UpdateRole', { RoleName: physicalId, ...described });
    await setPolicies(context, physicalId, previous, properties);
    const { added, removed } = tagChanges(request);
    if (removed.length > 0)
      await context.call('iam', 'UntagRole', { RoleName: physicalId, TagKeys: removed });
    if (added.length > 0)
      await context.call('iam', 'TagRole', { RoleName: physicalId, Tags: awsTags(added) });
    return { physicalId, attributes: request.attributes };
  },
  delete: remove,
  read: async ({ context, physicalId }) => {
    const answer = await unlessMissing(async () => context.call('iam', 'GetRole', { RoleName: physicalId }));
    if (!answer) return undefined;
    const attributes = { Arn: textAt(answer, 'Role', 'Arn'), RoleId: textAt(answer, 'Role', 'RoleId') };
    return { physicalId, attributes, properties: { Path: textAt(answer, 'Role', 'Path') } };
  },
};

/** IAM refuses to delete a role that still has policies. */
async function remove({ context, physicalId }: DeleteRequest): Promise<void> {
  await unlessMissing(async () => {
    const attached = await context.call('iam', 'ListAttachedRolePolicies', { RoleName: physicalId });
    for (const policy of structsAt(attached, 'AttachedPolicies'))
      await context.call('iam', 'DetachRolePolicy', {
        RoleName: physicalId,
        PolicyArn: textAt(policy, 'PolicyArn'),
      });
    const inline = await context.call('iam', 'ListRolePolicies', { RoleName: physicalId });
    const names = Array.isArray(inline['PolicyNames']) ? inline['PolicyNames'].map(String) : [];
    for (const PolicyName of names)
      await context.call('iam', 'DeleteRolePolicy', { RoleName: physicalId, PolicyName });
    await context.call('iam', 'DeleteRole', { RoleName: physicalId });
  });
}

async function setPolicies(
  context: SandboxContext,
  name: string,
  previous: TemplateObject,
  properties: TemplateObject,
): Promise<void> {
  const before = arnsOf(previous);
  const after = arnsOf(properties);
  for (const PolicyArn of after.filter((arn) => !before.includes(arn)))
    await context.call('iam', 'AttachRolePolicy', { RoleName: name, PolicyArn });
  for (const PolicyArn of before.filter((arn) => !after.includes(arn)))
    await context.call('iam', 'DetachRolePolicy', { RoleName: name, PolicyArn });
  const wanted = inlineOf(properties);
  for (const [PolicyName, PolicyDocument] of wanted)
    await context.call('iam', 'PutRolePolicy', { RoleName: name, PolicyName, PolicyDocument });
  for (const PolicyName of inlineOf(previous).keys())
    if (!wanted.has(PolicyName))
      await context.call('iam', 'DeleteRolePolicy', { RoleName: name, PolicyName });
}

function arnsOf(properties: TemplateObject): readonly string[] {
  const arns = properties['ManagedPolicyArns'];
  return isTemplateList(arns) ? arns.map((arn) => scalarText(arn) ?? '') : [];
}

function inlineOf(properties: TemplateObject): ReadonlyMap<string, string> {
  const policies = properties['Policies'];
  const entries = isTemplateList(policies) ? policies.filter(isTemplateObject) : [];
  return new Map(
    entries.map((policy) => [textOf(policy, 'PolicyName') ?? '', documentText(policy['PolicyDocument'])]),
  );
}

function documentText(document: TemplateValue | undefined): string {
  return typeof document === 'string' ? document : JSON.stringify(document);
}
