import { z } from 'zod';
import { JournalError } from '../errors.js';

/** Key to value, both text; keys sorted. */
const items = z.record(z.string(), z.string());

/** Content of one table or materialized view. Sums do not depend on the order of rows. */
const contentSchema = z.strictObject({
  table: z.string(),
  kind: z.enum(['table', 'materialized-view']),
  rows: z.string(),
  /** Two sums over the rows' digests, 64 bits each in hexadecimal digits; absent when only rows were counted. */
  checksum: z.string().optional(),
  /** What the view's query gives now; differs from `checksum` when the view is stale. Of the source only. */
  freshChecksum: z.string().optional(),
});

const sequenceSchema = z.strictObject({
  sequence: z.string(),
  lastValue: z.string(),
  isCalled: z.boolean(),
  increment: z.string(),
});

const neighbourSchema = z.strictObject({ key: z.string(), distance: z.number() });

/** One way in which a vector column is searched: by an index's operator, or by distance where there is no index. */
const vectorSearchSchema = z.strictObject({
  table: z.string(),
  expression: z.string(),
  type: z.string(),
  operator: z.string(),
  index: z.string().optional(),
  method: z.string().optional(),
  queries: z.array(z.strictObject({ vector: z.string(), nearest: z.array(neighbourSchema) })),
  /** Whether the planner can use the index, and the share of true neighbours that it finds. */
  indexUsed: z.boolean().optional(),
  recall: z.number().optional(),
});

/** 2: rows are hashed in binary form. 3: sums of two numbers made of each row's digest. */
export const fingerprintFormat = 3;

/** What a database holds, in a form in which two servers can be compared. Holds sampled vectors and keys: user data. */
export const fingerprintSchema = z.strictObject({
  format: z.literal(fingerprintFormat),
  serverVersion: z.string(),
  serverVersionNumber: z.number().int(),
  database: z.string(),
  mode: z.enum(['checksum', 'count']),
  sections: z.record(z.string(), items),
  contents: z.array(contentSchema),
  sequences: z.array(sequenceSchema),
  largeObjects: z.strictObject({ count: z.string(), bytes: z.string(), checksum: z.string() }),
  vectors: z.array(vectorSearchSchema),
});

export type Fingerprint = z.output<typeof fingerprintSchema>;
export type TableContent = z.output<typeof contentSchema>;
export type SequenceValue = z.output<typeof sequenceSchema>;
export type VectorSearch = z.output<typeof vectorSearchSchema>;
export type Neighbour = z.output<typeof neighbourSchema>;

/** @throws JournalError `FingerprintFormat`: its sums are not those that this version would find for the same rows. */
export function parseFingerprint(text: string): Fingerprint {
  const json: unknown = JSON.parse(text);
  const { format } = z.object({ format: z.number() }).parse(json);
  if (format === fingerprintFormat) return fingerprintSchema.parse(json);
  throw new JournalError(
    'FingerprintFormat',
    `the fingerprint of the source has format ${String(format)}, this version compares format ${String(fingerprintFormat)}`,
    {
      next: [
        'go on with the version of rds2aurora that began this run',
        'or roll it back and start a new one',
      ],
    },
  );
}
