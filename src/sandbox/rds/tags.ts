import { XmlList } from '../http/xml-list.js';
import { optionalText, structs } from '../services/read-input.js';
import type { Action, AwsStruct } from '../service.js';
import { invalidValue } from './errors.js';

/** Key to value. */
export type Tags = Map<string, string>;

/** Tags of a request: at most 50, keys of 1 to 128 characters, values up to 256. */
export function readTags(input: AwsStruct, member = 'Tags'): Tags {
  const tags: Tags = new Map();
  for (const tag of structs(input, member)) {
    const key = optionalText(tag, 'Key') ?? '';
    const value = optionalText(tag, 'Value') ?? '';
    const characters = /^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u;
    if (key.length < 1 || key.length > 128 || value.length > 256 || !characters.test(key + value)) {
      throw invalidValue(`The tag with key ${key} is not valid.`);
    }
    tags.set(key, value);
  }
  if (tags.size > 50) throw invalidValue('The number of tags exceeds the limit of 50.');
  return tags;
}

/** `aws:` and `rds:` are for AWS's own services, which call in the name of the account (`:root`), as CloudFormation does. */
export const refuseSystemTags =
  (action: Action): Action =>
  (input, caller) => {
    const keys = structs(input, 'Tags').map((tag) => optionalText(tag, 'Key') ?? '');
    const reserved = caller.arn.endsWith(':root')
      ? undefined
      : keys.find((key) => /^(?:aws|rds):/i.test(key));
    if (reserved !== undefined) {
      throw invalidValue(`System tags cannot be added/updated by requester: ${reserved}`);
    }
    return action(input, caller);
  };

export const tagList = (tags: Tags): XmlList<AwsStruct> =>
  new XmlList(
    'Tag',
    [...tags].map(([Key, Value]) => ({ Key, Value })),
  );
