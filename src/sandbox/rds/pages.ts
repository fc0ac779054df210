import { XmlList } from '../http/xml-list.js';
import { optionalText, structs, texts } from '../services/read-input.js';
import type { AwsStruct } from '../service.js';
import { invalidValue } from './errors.js';
import { optionalBetween } from './numbers.js';

/** One page of a Describe answer: `Marker` and at most `MaxRecords` items (20 to 100, default 100). */
export function page<T extends AwsStruct>(
  input: AwsStruct,
  member: string,
  itemName: string,
  items: readonly T[],
): AwsStruct {
  const size = optionalBetween(input, 'MaxRecords', 20, 100) ?? 100;
  const start = readMarker(optionalText(input, 'Marker'));
  const end = start + size;
  const marker = end < items.length ? Buffer.from(`from:${end}`).toString('base64') : undefined;
  return { Marker: marker, [member]: new XmlList(itemName, items.slice(start, end)) };
}

function readMarker(marker: string | undefined): number {
  if (marker === undefined) return 0;
  const start = /^from:(\d+)$/.exec(Buffer.from(marker, 'base64').toString())?.[1];
  if (start === undefined) throw invalidValue(`Invalid value for Marker: ${marker}`);
  return Number(start);
}

export type FilterReaders<T> = Readonly<Record<string, (item: T) => readonly (string | undefined)[]>>;

/**
 * Keeps the items that every filter of the request accepts; values are compared without regard to case.
 * @throws AwsError for a filter that the action does not have: ignoring it would answer too much.
 */
export function applyFilters<T>(input: AwsStruct, items: readonly T[], readers: FilterReaders<T>): T[] {
  let kept = [...items];
  for (const filter of structs(input, 'Filters')) {
    const name = optionalText(filter, 'Name') ?? '';
    const reader = readers[name];
    if (!reader) throw invalidValue(`Unrecognized filter name: ${name}`);
    const wanted = new Set(texts(filter, 'Values').map((value) => value.toLowerCase()));
    kept = kept.filter((item) =>
      reader(item).some((value) => value !== undefined && wanted.has(value.toLowerCase())),
    );
  }
  return kept;
}
