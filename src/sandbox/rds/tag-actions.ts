import { texts } from '../services/read-input.js';
import type { Action } from '../service.js';
import { invalidValue } from './errors.js';
import { required } from './identifiers.js';
import { parameterGroup } from './parameter-groups.js';
import type { Rds } from './rds.js';
import { readTags, tagList, type Tags } from './tags.js';

/** What an ARN names. @throws AwsError by the kind of resource that is not there. */
function tagged(rds: Rds, arn: string): { tags: Tags } {
  const [, , service, , account, kind, ...rest] = arn.split(':');
  const name = rest.join(':');
  if (service !== 'rds' || account !== rds.context.accountId)
    throw invalidValue(`The specified resource name does not match an RDS resource in this region: ${arn}`);
  switch (kind) {
    case 'db':
      return rds.store.instance(name);
    case 'cluster':
      return rds.store.cluster(name);
    case 'snapshot':
      return rds.store.snapshot(name);
    case 'cluster-snapshot':
      return rds.store.clusterSnapshot(name);
    case 'subgrp':
      return rds.store.subnetGroup(name);
    case 'pg':
      return parameterGroup(rds, 'instance', name);
    case 'cluster-pg':
      return parameterGroup(rds, 'cluster', name);
    default:
      throw invalidValue(`The specified resource name does not match an RDS resource in this region: ${arn}`);
  }
}

const add =
  (rds: Rds): Action =>
  (input) => {
    const resource = tagged(rds, required(input, 'ResourceName'));
    const tags = new Map([...resource.tags, ...readTags(input)]);
    if (tags.size > 50) throw invalidValue('The number of tags exceeds the limit of 50.');
    resource.tags = tags;
    return {};
  };

const remove =
  (rds: Rds): Action =>
  (input) => {
    const resource = tagged(rds, required(input, 'ResourceName'));
    const keys = texts(input, 'TagKeys');
    resource.tags = new Map([...resource.tags].filter(([key]) => !keys.includes(key)));
    return {};
  };

const list =
  (rds: Rds): Action =>
  (input) => ({ TagList: tagList(tagged(rds, required(input, 'ResourceName')).tags) });

export const tagActions = (rds: Rds): Record<string, Action> => ({
  AddTagsToResource: add(rds),
  RemoveTagsFromResource: remove(rds),
  ListTagsForResource: list(rds),
});
