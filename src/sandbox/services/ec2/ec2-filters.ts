import { AwsError, type AwsStruct } from '../../service.js';
import { optionalText, structs, texts } from '../read-input.js';
import type { Tags } from '../tags.js';

/** The values that a resource shows under each filter name. */
export type FilterFields = Readonly<Record<string, readonly string[]>>;

/** Filters every tagged resource has. */
export function tagFields(tags: Tags): FilterFields {
  const byKey = [...tags].map(([key, value]) => [`tag:${key}`, [value]] as const);
  return { 'tag-key': [...tags.keys()], ...Object.fromEntries(byKey) };
}

/**
 * Keeps what passes all `Filters` of the request; values of one filter are alternatives and may hold `*` and `?`.
 * @throws AwsError `InvalidParameterValue` on a filter that the resource does not know.
 */
export function applyFilters<T>(
  items: readonly T[],
  input: AwsStruct,
  fieldsOf: (item: T) => FilterFields,
): T[] {
  const filters = structs(input, 'Filters').map((filter) => ({
    name: optionalText(filter, 'Name') ?? '',
    patterns: texts(filter, 'Values').map(wildcard),
  }));
  return items.filter((item) => {
    const fields = fieldsOf(item);
    return filters.every(({ name, patterns }) => {
      const values = fields[name] ?? (name.startsWith('tag:') ? [] : undefined);
      if (values === undefined)
        throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
      return values.some((value) => patterns.some((pattern) => pattern.test(value)));
    });
  });
}

function wildcard(text: string): RegExp {
  const escaped = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's');
}
