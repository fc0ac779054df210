import type { AwsStruct } from '../../service.js';
import { optionalFlag, optionalText, structs, texts } from '../read-input.js';
import { paginate } from '../paginate.js';
import { writeTags } from '../tags.js';
import type { Secret, SecretStore } from './secret-store.js';

/** DescribeSecret's answer; works for secrets that are marked for deletion too. */
export function describeSecret(secret: Secret): AwsStruct {
  return { ...common(secret), VersionIdsToStages: versionStages(secret), CreatedDate: secret.created };
}

function common(secret: Secret): AwsStruct {
  const owner = /^([a-z]+)!/.exec(secret.name)?.[1];
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    LastChangedDate: secret.changed,
    LastAccessedDate: secret.accessed,
    DeletedDate: secret.purgeAt,
    OwningService: owner,
    Tags: writeTags(secret.tags),
  };
}

function versionStages(secret: Secret): AwsStruct {
  const labelled = [...secret.versions.values()].filter(({ stages }) => stages.size > 0);
  return Object.fromEntries(labelled.map(({ id, stages }) => [id, [...stages]]));
}

/** ListSecrets, with its filters `name`, `tag-key`, `tag-value` and `description` (prefix match, as AWS documents). */
export function listSecrets(store: SecretStore, input: AwsStruct): AwsStruct {
  const planned = optionalFlag(input, 'IncludePlannedDeletion') ?? false;
  const found = store
    .all()
    .filter(({ deleted }) => planned || deleted === undefined)
    .filter((secret) => structs(input, 'Filters').every((filter) => passes(secret, filter)));
  const members = {
    size: 'MaxResults',
    token: 'NextToken',
    defaultSize: 100,
    badToken: 'InvalidNextTokenException',
  };
  const { items, next } = paginate(found, input, members);
  return {
    SecretList: items.map((secret) => ({
      ...common(secret),
      CreatedDate: secret.created,
      SecretVersionsToStages: versionStages(secret),
    })),
    NextToken: next,
  };
}

function passes(secret: Secret, filter: AwsStruct): boolean {
  const fields: Record<string, string[]> = {
    name: [secret.name],
    description: [secret.description ?? ''],
    'tag-key': [...secret.tags.keys()],
    'tag-value': [...secret.tags.values()],
  };
  const candidates = fields[optionalText(filter, 'Key') ?? ''] ?? Object.values(fields).flat();
  return texts(filter, 'Values').some((wanted) => candidates.some((text) => text.startsWith(wanted)));
}

/** ListSecretVersionIds: versions without a staging label only when asked for. */
export function listVersionIds(secret: Secret, input: AwsStruct): AwsStruct {
  const deprecated = optionalFlag(input, 'IncludeDeprecated') ?? false;
  const versions = [...secret.versions.values()].filter(({ stages }) => deprecated || stages.size > 0);
  return {
    ARN: secret.arn,
    Name: secret.name,
    Versions: versions.map(({ id, stages, created }) => ({
      VersionId: id,
      VersionStages: [...stages],
      CreatedDate: created,
    })),
  };
}
