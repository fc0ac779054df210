import { z } from 'zod';

export const noticeSchemaId = 'rds2aurora/notification@1';

/** What a person is told of a run. The exec hook gets it as JSON; a webhook gets it in words. */
export const noticeSchema = z.strictObject({
  schema: z.literal(noticeSchemaId),
  event: z.enum(['started', 'waiting', 'failed', 'stopped', 'finished', 'rolled-back']),
  at: z.string().describe('ISO 8601, UTC'),
  command: z.string().describe('Such as migrate snapshot, without its flags'),
  run: z
    .string()
    .nullable()
    .describe('Null before it goes on, e.g. of a question: its text names what it is about'),
  name: z.string(),
  region: z.string(),
  source: z.string().describe('DB instance identifier'),
  target: z.string().describe('DB cluster identifier'),
  step: z.string().nullable().describe('The step that failed'),
  exitCode: z.number().int().nullable().describe('Once the run has ended, for well or ill'),
  text: z.string().describe('What happened, in a sentence'),
  detail: z
    .string()
    .nullable()
    .describe('What the error says; null too when the secrets that must not be in it could not be read'),
  next: z.array(z.string()).describe('Commands that make sense now'),
});
export type Notice = z.output<typeof noticeSchema>;

/** A way to tell people. */
export interface Channel {
  /** Such as `webhook`. */
  readonly name: string;
  /** @throws Error whose message holds neither address nor secret */
  send(notice: Notice, signal: AbortSignal): Promise<void>;
}
