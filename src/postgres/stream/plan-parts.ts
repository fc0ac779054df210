import { divideBlocks, withinBlocks } from '../block-ranges.js';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../identifier.js';
import type { StreamBuild, StreamPart, StreamPlan } from './stream-plan.js';
import type { StreamForeignKey, StreamIndex, StreamTable } from './stream-tables.js';
import type { StreamView } from './stream-views.js';

export interface PartRules {
  /** Of one part of a large table, at most: what an attempt that dies has to copy again. */
  readonly partBytes: number;
  /** Only parts of this size are worth what it costs to start them. */
  readonly leastPartBytes: number;
  /** Parts that are copied at once. */
  readonly jobs: number;
  /** Tables up to this size share a transaction, */
  readonly smallBytes: number;
  /** of at most so much. */
  readonly batchBytes: number;
  /** Of the source, as in server_version_num. */
  readonly serverVersion: number;
  /** Of the source, as it names it: rows travel in it, so that nothing is converted on the way. */
  readonly encoding: string;
  readonly isBinary: (table: StreamTable) => boolean;
  /** All together, on the source's disk. */
  readonly largeObjectBytes: number;
}

/** They go one after the other, in small pieces: about so many times as long as a table of that size. */
const largeObjectWeight = 3;

/** Parts of one table for each job, so that all jobs are done with it at about the same time. */
const partsForJob = 4;

/** Tables of one transaction, so that neither its processes nor its arguments grow without end. */
const batchTables = 100;

/** What the source holds. */
export interface StreamContents {
  readonly tables: readonly StreamTable[];
  readonly indexes: readonly StreamIndex[];
  readonly foreignKeys: readonly StreamForeignKey[];
  readonly views: readonly StreamView[];
}

interface Group {
  readonly table: StreamTable;
  readonly parts: readonly StreamPart[];
  readonly builds: readonly StreamBuild[];
}

/**
 * Large tables in ranges of blocks, middling ones whole, small ones many together. What vector indexes wait for comes
 * first, then the larger before the smaller, large objects among them. Indexes of small tables are not among the builds, nor are
 * foreign keys that have to do with one: they come with the rest.
 */
export function planParts(
  { tables, indexes, foreignKeys, views }: StreamContents,
  rules: PartRules,
): Pick<StreamPlan, 'parts' | 'builds' | 'partsBeforeLargeObjects'> {
  const filled = tables.filter((table) => table.pages > 0);
  const isSmall = (table: StreamTable): boolean =>
    table.bytes <= rules.smallBytes || table.condition !== null;
  const groups = filled.filter((table) => !isSmall(table)).map((table) => groupOf(table, indexes, rules));
  const ordered = groups.sort(
    (one, other) => Number(hasVector(other)) - Number(hasVector(one)) || bytesOf(other) - bytesOf(one),
  );
  const large = largeObjectWeight * rules.largeObjectBytes;
  const parts = [...ordered.flatMap((group) => group.parts), ...batches(filled.filter(isSmall), rules)];
  const tableBuilds = ordered.flatMap((group) => group.builds);
  // Exact search finds other rows than the index that the view was filled by.
  const late = indexes.filter(
    ({ vector, label }) => vector && !tableBuilds.some((build) => build.label === label),
  );
  const early = views.filter(({ reads }) => !late.some((index) => reads.includes(index.table)));
  return {
    parts,
    builds: [
      ...tableBuilds,
      ...foreignKeys.flatMap((key) => keyBuilds(key, groups)),
      ...early.map((view) => viewBuild(view, { parts, groups, views: early })),
    ],
    partsBeforeLargeObjects: ordered
      .filter((group) => hasVector(group) || bytesOf(group) >= large)
      .flatMap((group) => group.parts).length,
  };
}

const hasVector = (group: Group): boolean => group.builds.some((build) => build.vector);
const bytesOf = (group: Group): number => group.parts.reduce((sum, part) => sum + part.bytes, 0);

function groupOf(table: StreamTable, indexes: readonly StreamIndex[], rules: PartRules): Group {
  const parts = partsOf(table, rules);
  const after = parts.map((part) => part.key);
  const own = indexes.filter((index) => index.table === table.oid);
  // Its rows may be in any partition of the root by then: the indexes wait for all.
  const builds =
    table.root === null
      ? own.map(({ label, entry, vector, constraint }) => ({
          ...{ label, entry, vector, constraint, after },
          ...{ afterBuilds: [], tables: [table.label] },
        }))
      : [];
  return { table, parts, builds };
}

/**
 * A foreign key locks both tables against the building of indexes, which may take hours: those go first.
 * @returns none where one of the tables is small, or what the key leans on is no build
 */
function keyBuilds(key: StreamForeignKey, groups: readonly Group[]): StreamBuild[] {
  const of = groups.filter(({ table }) => [key.table, key.references].includes(table.oid));
  const builds = of.flatMap((group) => group.builds);
  if (of.length < new Set([key.table, key.references]).size) return [];
  if (!builds.some(({ entry }) => entry === key.index)) return [];
  const { label, entry } = key;
  return [
    {
      ...{ label, entry, vector: false, constraint: true },
      after: of.flatMap(({ parts }) => parts.map((part) => part.key)),
      afterBuilds: builds.map((build) => build.label),
      tables: of.map(({ table }) => table.label),
    },
  ];
}

/** Its query may need the indexes of what it reads, and a vector index changes what the query finds. */
function viewBuild(
  { label, entry, reads }: StreamView,
  all: {
    readonly parts: readonly StreamPart[];
    readonly groups: readonly Group[];
    readonly views: readonly StreamView[];
  },
): StreamBuild {
  const isRead = ({ oid }: { readonly oid: number }): boolean => reads.includes(oid);
  const indexes = all.groups.filter(({ table }) => isRead(table)).flatMap(({ builds }) => builds);
  return {
    ...{ label, entry, vector: false, constraint: false, tables: [label] },
    after: all.parts.map((part) => part.key),
    afterBuilds: [...indexes, ...all.views.filter(isRead)].map((one) => one.label),
  };
}

function countParts(bytes: number, { partBytes, leastPartBytes, jobs }: PartRules): number {
  const even = Math.min(jobs * partsForJob, Math.floor(bytes / leastPartBytes));
  return Math.max(even, Math.ceil(bytes / partBytes));
}

function partsOf(table: StreamTable, rules: PartRules): StreamPart[] {
  const ranges = divideBlocks(table.pages, countParts(table.bytes, rules), rules.serverVersion);
  const format = formatOf(rules.isBinary(table) ? 'binary' : 'text', rules);
  if (ranges.length === 1) return [wholePart(table, format)];
  const columns = table.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  return ranges.map((range): StreamPart => {
    const { first, end } = range;
    const where = withinBlocks(range);
    return {
      key: `${table.label} blocks ${first} to ${end === undefined ? 'end' : String(end - 1)}`,
      label: table.label,
      bytes: (table.bytes * ((end ?? table.pages) - first)) / table.pages,
      out: [`COPY (SELECT ${columns} FROM ONLY ${nameOf(table)} WHERE ${where}) TO STDOUT (${format})`],
      into: [copyInto(table, format)],
    };
  });
}

/**
 * A table that is emptied in the same transaction may be loaded frozen, which spares the first reader a write of every block
 * (PostgreSQL: COPY, FREEZE).
 */
function wholePart(table: StreamTable, format: string): StreamPart {
  const freezes = table.root === null;
  return {
    key: table.label,
    label: table.label,
    bytes: table.bytes,
    out: [copyOut(table, format)],
    into: freezes
      ? [`TRUNCATE ONLY ${nameOf(table)}`, copyInto(table, `${format}, FREEZE`)]
      : [copyInto(table, format)],
  };
}

function batches(tables: readonly StreamTable[], rules: PartRules): StreamPart[] {
  const found: StreamTable[][] = [];
  let bytes = Infinity;
  for (const table of tables) {
    const last = found.at(-1);
    bytes += table.bytes;
    if (last !== undefined && bytes <= rules.batchBytes && last.length < batchTables) last.push(table);
    else {
      found.push([table]);
      bytes = table.bytes;
    }
  }
  const format = formatOf('text', rules);
  return found.map((some): StreamPart => {
    const [first] = some;
    const name = first?.label ?? '';
    const label = some.length === 1 ? name : `${name} and ${String(some.length - 1)} more`;
    return {
      key: `small: ${label}`,
      label,
      bytes: some.reduce((sum, table) => sum + table.bytes, 0),
      // Several share one stream, and only the text form has an end that can be seen in it.
      out: some.map((table) => copyOut(table, format)),
      into: some.map((table) => copyInto(table, format)),
    };
  });
}

const nameOf = ({ schema, name }: { schema: string; name: string }): string => quoteQualified(schema, name);

function columnsOf(table: StreamTable): string {
  return table.columns.length === 0
    ? ''
    : ` (${table.columns.map(({ name }) => quoteIdentifier(name)).join(', ')})`;
}

function copyOut(table: StreamTable, format: string): string {
  if (table.condition === null || table.condition === '')
    return `COPY ${nameOf(table)}${columnsOf(table)} TO STDOUT (${format})`;
  const columns = table.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  return `COPY (SELECT ${columns} FROM ONLY ${nameOf(table)} ${table.condition}) TO STDOUT (${format})`;
}

/** Options of COPY that both ends share. */
function formatOf(format: 'binary' | 'text', { encoding }: PartRules): string {
  return `FORMAT ${format}, ENCODING ${quoteLiteral(encoding)}`;
}

/** `options`: the format, and more. */
function copyInto(table: StreamTable, options: string): string {
  return `COPY ${nameOf(table.root ?? table)}${columnsOf(table)} FROM STDIN (${options})`;
}
