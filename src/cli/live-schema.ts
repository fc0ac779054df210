import { z } from 'zod';

const range = z.tuple([z.number(), z.number()]);

/** What `status` knows beyond the journal. */
export const liveShape = {
  live: z
    .array(
      z.strictObject({
        resource: z.string().describe('What it is to the run, such as `target cluster`'),
        name: z.string(),
        status: z.string().describe("AWS's word, or `not there`"),
      }),
    )
    .nullable()
    .describe('As AWS says now; null when it was not asked or could not be reached'),
  liveProblem: z.string().nullable().describe('Why AWS could not be asked'),
  cost: z
    .strictObject({
      currency: z.literal('USD'),
      asOf: z.string().describe('Year and month of the price list'),
      lines: z.array(z.strictObject({ what: z.string(), usd: range.nullable(), basis: z.string() })),
      perHour: range.nullable().describe('[low, high]; null when a price is not known'),
      remark: z.string(),
    })
    .nullable()
    .describe('Of what stands now; null when AWS was not reached'),
  timeLeft: z
    .strictObject({
      seconds: range.describe('[low, high] from the planned times'),
      overdue: z.boolean().describe('The step at work takes longer than was planned'),
    })
    .nullable()
    .describe('Null when the run has nothing before it, or its plan held no times'),
};
export const wayBackSchema = z
  .array(z.strictObject({ step: z.string(), note: z.array(z.string()) }))
  .describe('How each step is taken back by hand, the last step first; null unless asked for');
export type WayBack = z.output<typeof wayBackSchema>;
export type LiveResult = z.output<z.ZodObject<typeof liveShape>>;
