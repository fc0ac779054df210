import { z } from 'zod';

/** Tables, or a range of blocks of one, that are copied in one transaction. */
export const streamPartSchema = z.strictObject({
  /** Known in the journal and in the target by it: names the tables and the range. */
  key: z.string(),
  label: z.string(),
  /** On the source's disk, TOAST counted. */
  bytes: z.number(),
  /** `COPY … TO STDOUT`. */
  out: z.array(z.string()),
  /** What the target does with it, `COPY … FROM STDIN` last or one for each of `out`. */
  into: z.array(z.string()),
});
export type StreamPart = z.output<typeof streamPartSchema>;

/** An index or a constraint, built as soon as what it is about is there. */
export const streamBuildSchema = z.strictObject({
  label: z.string(),
  /** Catalog and OID on the source, as the archive's table of contents names it: `1259 16402`. */
  entry: z.string(),
  /** Keys of the parts that must be in before. */
  after: z.array(z.string()),
  /** Labels of the builds that must be done before. */
  afterBuilds: z.array(z.string()).default([]),
  /** Labels of those that it locks while it is built; older plans name none. */
  tables: z.array(z.string()).default([]),
  /** An index of pgvector: takes longer than all else. */
  vector: z.boolean(),
  /** Added by ALTER TABLE, which locks the table against every other build (PostgreSQL: "Table-Level Locks"). */
  constraint: z.boolean().default(false),
});
export type StreamBuild = z.output<typeof streamBuildSchema>;

/** What is to be copied and built, in the order in which it is best begun. */
export const streamPlanSchema = z.object({
  format: z.literal(1),
  parts: z.array(streamPartSchema),
  builds: z.array(streamBuildSchema),
  /** Parts that are begun before the large objects, which are one stream however many. */
  partsBeforeLargeObjects: z.number().default(0),
});
export type StreamPlan = z.output<typeof streamPlanSchema>;
