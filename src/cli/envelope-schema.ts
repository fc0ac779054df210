import { z } from 'zod';
import { envelopeSchemaId } from './envelope.js';

const problem = z.strictObject({ code: z.string(), what: z.string(), why: z.string(), fix: z.string() });

const error = z.strictObject({
  code: z.string().describe('Stable, PascalCase'),
  what: z.string(),
  why: z.string().nullable(),
  next: z.array(z.string()),
  step: z.string().nullable(),
  resource: z.string().nullable(),
  requestId: z.string().nullable(),
  resumable: z.boolean().describe('`resume` is safe and useful'),
  changed: z
    .boolean()
    .nullable()
    .describe('Whether AWS or a database was altered; null when this cannot be said'),
  problems: z.array(z.union([z.string(), problem])).optional(),
  running: z.array(z.string()).optional().describe('What the run has made in AWS, and what it may cost'),
});

/** What every command prints to stdout under `--json`; `result` has a schema for each command. */
export const envelopeSchema = z.strictObject({
  schema: z.literal(envelopeSchemaId),
  command: z.string(),
  ok: z.boolean(),
  run: z.string().optional(),
  exitCode: z.number().int(),
  result: z.json().optional(),
  error: error.optional(),
  next: z.array(z.string()),
});
