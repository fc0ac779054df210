import type { AwsStruct, SandboxContext } from '../../service.js';
import { isTemplateList, isTemplateObject, type TemplateObject } from '../template/template-value.js';
import { structsAt, textAt } from './answers.js';
import { egressRule, ingressRule, ipPermission } from './ec2-rules.js';
import { tagSpecification, updateEc2Tags } from './ec2-tags.js';
import { generatedName, pick, textOf } from './generated-name.js';
import type { CreateRequest, LiveResource, ResourceProvider, UpdateRequest } from './resource-provider.js';
import { list, object, tags, text } from './schema.js';
import { unlessMissing } from './wait-until.js';

/** AWS::EC2::SecurityGroup. `Ref` is the group id. */
export const securityGroup: ResourceProvider = {
  type: 'AWS::EC2::SecurityGroup',
  schema: object(
    {
      GroupDescription: text,
      GroupName: text,
      VpcId: text,
      SecurityGroupIngress: list(object(ingressRule, ['IpProtocol'])),
      SecurityGroupEgress: list(object(egressRule, ['IpProtocol'])),
      Tags: tags,
    },
    ['GroupDescription'],
  ),
  createOnly: ['GroupDescription', 'GroupName', 'VpcId'],
  nameProperty: 'GroupName',
  attributes: ['GroupId', 'Id', 'VpcId'],
  identifier: ['Id'],
  create,
  update,
  delete: async ({ context, physicalId }) => {
    await unlessMissing(async () => context.call('ec2', 'DeleteSecurityGroup', { GroupId: physicalId }));
  },
  read: async ({ context, physicalId }) => {
    const found = await unlessMissing(async () => describe(context, physicalId));
    return (
      found && {
        ...(await live(context, physicalId)),
        properties: { GroupDescription: textAt(found, 'Description') || textAt(found, 'GroupDescription') },
      }
    );
  },
};

async function create(request: CreateRequest): Promise<LiveResource> {
  const { context, properties } = request;
  const answer = await context.call('ec2', 'CreateSecurityGroup', {
    GroupName: textOf(properties, 'GroupName') ?? generatedName(request, 255),
    GroupDescription: textOf(properties, 'GroupDescription'),
    Description: textOf(properties, 'GroupDescription'),
    ...pick(properties, ['VpcId']),
    ...tagSpecification('security-group', request),
  });
  const physicalId = textAt(answer, 'GroupId');
  request.started(physicalId);
  await authorize(context, physicalId, 'Ingress', rulesOf(properties, 'SecurityGroupIngress'));
  const egress = rulesOf(properties, 'SecurityGroupEgress');
  // Rules of its own take the place of the open one that every new group of a VPC has.
  if (egress.length > 0) {
    await revoke(context, physicalId, 'Egress', [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }]);
    await authorize(context, physicalId, 'Egress', egress);
  }
  return live(context, physicalId);
}

async function update(request: UpdateRequest): Promise<LiveResource> {
  const { context, physicalId, previous, properties } = request;
  for (const direction of ['Ingress', 'Egress'] as const) {
    const name = `SecurityGroup${direction}`;
    const before = rulesOf(previous, name);
    const after = rulesOf(properties, name);
    await revoke(
      context,
      physicalId,
      direction,
      before.filter((rule) => !includes(after, rule)),
    );
    await authorize(
      context,
      physicalId,
      direction,
      after.filter((rule) => !includes(before, rule)),
    );
  }
  await updateEc2Tags(context, physicalId, request);
  return live(context, physicalId);
}

function rulesOf(properties: TemplateObject, name: string): readonly TemplateObject[] {
  const rules = properties[name];
  return isTemplateList(rules) ? rules.filter(isTemplateObject) : [];
}

function includes(rules: readonly TemplateObject[], rule: TemplateObject): boolean {
  return rules.some((other) => JSON.stringify(other) === JSON.stringify(rule));
}

async function authorize(
  context: SandboxContext,
  groupId: string,
  direction: 'Ingress' | 'Egress',
  rules: readonly TemplateObject[],
): Promise<void> {
  if (rules.length === 0) return;
  await context.call('ec2', `AuthorizeSecurityGroup${direction}`, {
    GroupId: groupId,
    IpPermissions: rules.map(ipPermission),
  });
}

async function revoke(
  context: SandboxContext,
  groupId: string,
  direction: 'Ingress' | 'Egress',
  rules: readonly TemplateObject[],
): Promise<void> {
  if (rules.length === 0) return;
  await context.call('ec2', `RevokeSecurityGroup${direction}`, {
    GroupId: groupId,
    IpPermissions: rules.map(ipPermission),
  });
}

async function describe(context: SandboxContext, physicalId: string): Promise<AwsStruct | undefined> {
  return structsAt(
    await context.call('ec2', 'DescribeSecurityGroups', { GroupId: [physicalId] }),
    'SecurityGroups',
  )[0];
}

async function live(context: SandboxContext, physicalId: string): Promise<LiveResource> {
  const found = await describe(context, physicalId);
  return {
    physicalId,
    attributes: { GroupId: physicalId, Id: physicalId, VpcId: textAt(found ?? {}, 'VpcId') },
  };
}
