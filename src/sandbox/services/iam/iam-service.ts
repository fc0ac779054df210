import { XmlList } from '../../http/xml-list.js';
import type { Action, AwsStruct, SandboxContext, Service } from '../../service.js';
import { paginate } from '../paginate.js';
import { optionalNumber, optionalText, requiredText, texts } from '../read-input.js';
import { mergeTags, readTags, writeTags } from '../tags.js';
import { noSuchEntity, policyDocument, RoleStore, type Role } from './role-store.js';

const pages = { size: 'MaxItems', token: 'Marker', defaultSize: 100, badToken: 'ValidationError' };

/** IAM, as far as CloudFormation needs it for roles. */
export function createIamService(context: SandboxContext): Service {
  const store = new RoleStore(context);
  return {
    name: 'iam',
    protocol: 'query',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    actions: { ...roleActions(store), ...inlineActions(store), ...attachedActions(store) },
  };
}

function roleActions(store: RoleStore): Record<string, Action> {
  return {
    CreateRole: (input) => ({ Role: roleShape(store.create(input)) }),
    GetRole: (input) => ({ Role: roleShape(store.get(input)) }),
    ListRoles: (input) => page(store.all(), input, 'Roles', roleShape),
    DeleteRole: (input) => {
      store.delete(input);
      return {};
    },
    UpdateRole: (input) => {
      const role = store.get(input);
      role.description = optionalText(input, 'Description') ?? role.description;
      role.maxSessionSeconds = optionalNumber(input, 'MaxSessionDuration') ?? role.maxSessionSeconds;
      return {};
    },
    UpdateAssumeRolePolicy: (input) => {
      store.get(input).trustPolicy = policyDocument(input, 'PolicyDocument');
      return {};
    },
    TagRole: (input) => {
      mergeTags(store.get(input).tags, readTags(input));
      return {};
    },
    UntagRole: (input) => {
      const { tags } = store.get(input);
      for (const key of texts(input, 'TagKeys')) tags.delete(key);
      return {};
    },
    ListRoleTags: (input) => page(writeTags(store.get(input).tags), input, 'Tags', (tag) => tag),
  };
}

function inlineActions(store: RoleStore): Record<string, Action> {
  const name = (input: AwsStruct): string => requiredText(input, 'PolicyName', 'ValidationError');
  return {
    PutRolePolicy: (input) => {
      store.get(input).inline.set(name(input), policyDocument(input, 'PolicyDocument'));
      return {};
    },
    GetRolePolicy: (input) => {
      const role = store.get(input);
      const document = role.inline.get(name(input));
      if (document === undefined) throw missingPolicy(name(input));
      return { RoleName: role.name, PolicyName: name(input), PolicyDocument: encodeURIComponent(document) };
    },
    DeleteRolePolicy: (input) => {
      if (!store.get(input).inline.delete(name(input))) throw missingPolicy(name(input));
      return {};
    },
    ListRolePolicies: (input) =>
      page([...store.get(input).inline.keys()], input, 'PolicyNames', (policy) => policy),
  };
}

function attachedActions(store: RoleStore): Record<string, Action> {
  const arn = (input: AwsStruct): string => requiredText(input, 'PolicyArn', 'ValidationError');
  return {
    AttachRolePolicy: (input) => {
      store.get(input).attached.add(arn(input));
      return {};
    },
    DetachRolePolicy: (input) => {
      if (!store.get(input).attached.delete(arn(input))) {
        throw noSuchEntity(`Policy ${arn(input)} was not found.`);
      }
      return {};
    },
    ListAttachedRolePolicies: (input) =>
      page([...store.get(input).attached], input, 'AttachedPolicies', (policy) => ({
        PolicyName: policy.slice(policy.lastIndexOf('/') + 1),
        PolicyArn: policy,
      })),
  };
}

function missingPolicy(name: string): Error {
  return noSuchEntity(`The role policy with name ${name} cannot be found.`);
}

function page<T>(
  items: readonly T[],
  input: AwsStruct,
  member: string,
  shape: (item: T) => AwsStruct | string,
): AwsStruct {
  const { items: shown, next } = paginate(items, input, pages);
  return { [member]: new XmlList('member', shown.map(shape)), IsTruncated: next !== undefined, Marker: next };
}

function roleShape(role: Role): AwsStruct {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: role.created,
    // IAM answers with policies in URL encoding (RFC 3986).
    AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
    Tags: new XmlList('member', writeTags(role.tags)),
  };
}
