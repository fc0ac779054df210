import { z } from 'zod';
import { ref } from './ref-shapes.js';

const lostTable = z.strictObject({
  /** Schema and name, quoted where needed. */
  table: z.string(),
  /** Null when nobody knows: never analysed, and not counted. */
  rows: z.number().nullable(),
  /** Counted; otherwise an estimate of the statistics. */
  exact: z.boolean(),
  bytes: z.number(),
});

const lostDatabase = z.strictObject({
  name: z.string(),
  /** Null when the login may not ask. */
  bytes: z.number().nullable(),
  tables: z.array(lostTable),
  /** Why its tables are not listed. */
  unread: z.string().nullable(),
});

/** All that a fresh start gives up: every database of the instance, not only the configured one. */
export const lossSchema = z.strictObject({
  databases: z.array(lostDatabase),
  /** Roles that are neither AWS's nor PostgreSQL's own. */
  roles: z.array(z.string()),
  /** ISO 8601; null when the server does not keep it, then `detail` says why. */
  lastWrite: z.strictObject({ at: z.string().nullable(), detail: z.string() }),
});
export type Loss = z.output<typeof lossSchema>;

/** How a database is made, for one that takes its place. */
export const databaseForm = z.strictObject({
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  /** c: libc, i: ICU, b: builtin (PostgreSQL: pg_database.datlocprovider). */
  provider: z.string().default('c'),
  locale: z.string().nullable().default(null),
  /** Of ICU. */
  rules: z.string().nullable().default(null),
});
export type DatabaseForm = z.output<typeof databaseForm>;

export function isSameForm(one: DatabaseForm | undefined, other: DatabaseForm | undefined): boolean {
  return databaseForm.keyof().options.every((key) => one?.[key] === other?.[key]);
}

/** The whole list is a file of the run's folder. */
export const recordLoss = ref(
  'record-loss',
  z.strictObject({
    file: z.string(),
    sha256: z.string(),
    databases: z.number().int(),
    tables: z.number().int(),
    rows: z.number(),
    /** Every table was counted. */
    exact: z.boolean(),
    bytes: z.number(),
    lastWrite: z.string().nullable(),
    form: databaseForm,
  }),
);

const extension = z.strictObject({ name: z.string(), version: z.string() });

export const furnishDatabase = ref(
  'furnish-database',
  z.strictObject({
    databaseCreated: z.boolean(),
    extensions: z.array(extension),
    /** Those of the source that the target does not ship. */
    left: z.array(extension),
  }),
);

/** Null when there was no file to run. */
export const runInitSql = ref(
  'run-init-sql',
  z.strictObject({ sha256: z.string(), statements: z.number().int(), ranAt: z.string() }),
);

/** Everything needed to make the source again under its name, as a file of the run's folder. */
export const saveSource = ref('save-source', z.strictObject({ file: z.string(), sha256: z.string() }));

export const giveUpSource = ref(
  'give-up-source',
  z.strictObject({ instanceIdentifier: z.string(), instanceArn: z.string(), deletedAt: z.string() }),
);

/** What the user chose for a fresh start; the same for the whole run, so the journal's header holds it. */
export const freshChoicesSchema = z.strictObject({
  finalSnapshot: z.boolean(),
  /** The schema of the source comes along, without rows. */
  schemaOnly: z.boolean(),
  /** Absolute path of a file to be run once, and the hash of what it held when it was planned. */
  initSql: z.strictObject({ file: z.string(), sha256: z.string(), statements: z.number().int() }).nullable(),
});
export type FreshChoices = z.output<typeof freshChoicesSchema>;
