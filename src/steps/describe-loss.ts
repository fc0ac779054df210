import type { Loss } from './refs.js';

/** Tables of a database that the plan names; the file and `--json` have them all. */
const named = 15;

export interface LossTotal {
  readonly databases: number;
  readonly tables: number;
  readonly rows: number;
  readonly exact: boolean;
  readonly bytes: number;
}

export function sumLoss({ databases }: Loss): LossTotal {
  const tables = databases.flatMap((one) => one.tables);
  return {
    databases: databases.length,
    tables: tables.length,
    rows: tables.reduce((sum, { rows }) => sum + (rows ?? 0), 0),
    exact: tables.every(({ exact }) => exact) && databases.every(({ unread }) => unread === null),
    bytes: databases.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
  };
}

/** What is lost, for the person who is to confirm it. */
export function describeLoss(instance: string, loss: Loss, hasSnapshot: boolean): string[] {
  const total = sumLoss(loss);
  const { databases, roles, lastWrite } = loss;
  return [
    `GIVES UP all that ${instance} holds: ${count(total.databases, 'database')}, ${count(total.tables, 'table')}, ${rowsOf(total.rows, total.exact)}, ${size(total.bytes)}`,
    `last write: ${lastWrite.detail}`,
    ...databases.flatMap(describeDatabase),
    ...(roles.length > 0 ? [`roles: ${roles.join(', ')}`] : []),
    hasSnapshot
      ? 'a final snapshot keeps it; rollback brings it back from there'
      : 'NO final snapshot is taken: once it is deleted, nothing of it comes back',
  ];
}

function describeDatabase({ name, bytes, tables, unread }: Loss['databases'][number]): string[] {
  const head = `database ${name}: ${bytes === null ? 'size not known' : size(bytes)}`;
  if (unread !== null) return [`${head}; ${unread}`];
  const more = tables.length - named;
  return [
    `${head}, ${count(tables.length, 'table')}`,
    ...tables
      .slice(0, named)
      .map((one) => `  ${one.table}: ${rowsOf(one.rows, one.exact)}, ${size(one.bytes)}`),
    ...(more > 0 ? [`  and ${count(more, 'smaller table')}: --json lists them all`] : []),
  ];
}

function rowsOf(rows: number | null, exact: boolean): string {
  if (rows === null) return 'rows not known';
  return `${exact ? '' : 'about '}${count(rows, 'row')}${exact ? '' : ' (estimate)'}`;
}

function count(value: number, noun: string): string {
  const digits = String(value).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${digits} ${noun}${value === 1 ? '' : 's'}`;
}

function size(bytes: number): string {
  return bytes < 1024 * 1024
    ? `${String(Math.ceil(bytes / 1024))} KiB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
