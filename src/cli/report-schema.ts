import { z } from 'zod';
import { checkSchema, comparisonSchema } from './result-schemas.js';

const stepSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  state: z.string(),
  attempts: z.number().int(),
  startedAt: z.string().nullable(),
  milliseconds: z.number().nullable(),
});

const changeSchema = z.strictObject({
  step: z.string(),
  call: z.string(),
  key: z.string(),
  arn: z.string().nullable(),
  requestId: z.string().nullable().describe("AWS's, where the call has one"),
});

const usd = z.tuple([z.number(), z.number()]).readonly().nullable();

const standingSchema = z.strictObject({
  currency: z.literal('USD'),
  asOf: z.string().describe('Year and month of the price list'),
  lines: z
    .array(z.strictObject({ what: z.string(), per: z.enum(['hour', 'month']), usd, basis: z.string() }))
    .readonly(),
  perHour: usd,
  remark: z.string(),
});

/** What `report` gives under `result`; `report.json` in the folder of a run is its `report`. */
export const reportSchema = z.strictObject({
  report: z.strictObject({
    schema: z.literal('rds2aurora/report@1'),
    run: z.string(),
    path: z.string(),
    outcome: z.string(),
    toolVersion: z.string(),
    startedAt: z.string().describe('ISO 8601, UTC'),
    lastAt: z.string(),
    totalMilliseconds: z.number(),
    downtime: z.strictObject({ from: z.string(), to: z.string(), milliseconds: z.number() }).nullable(),
    source: z.string(),
    target: z.string(),
    steps: z.array(stepSchema).readonly(),
    checks: z.array(checkSchema).readonly(),
    comparisons: z.array(comparisonSchema).readonly(),
    changes: z.array(changeSchema).readonly(),
    standing: standingSchema
      .nullable()
      .describe(
        'What stands when the run has ended, and costs money; null when the run came to know nothing of it',
      ),
    remarks: z.array(z.string()).readonly(),
    undo: z
      .array(z.strictObject({ step: z.string(), note: z.array(z.string()).readonly() }))
      .readonly()
      .describe('How each step is taken back by hand, the last step first'),
  }),
  file: z.string().nullable().describe('Where it was written; null when it went to the standard output'),
});
export type ReportResult = z.output<typeof reportSchema>;
