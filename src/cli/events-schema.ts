import { z } from 'zod';
import type { PipelineEvent } from '../pipeline/events.js';

const stamp = { at: z.string().describe('ISO 8601, UTC'), elapsedMs: z.number() };
const step = z.string().describe('Step id');

function event<Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z.strictObject({ type: z.literal(type), ...stamp, ...shape });
}

const progress = z.strictObject({
  item: z.string(),
  done: z.number(),
  total: z.number().exactOptional(),
  unit: z.enum(['bytes', 'rows', 'items', 'percent']),
});

const runFinished = event('run-finished', {
  outcome: z.enum(['done', 'failed', 'stopped', 'rolled-back']),
  exitCode: z.literal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 70, 130, 143]),
});

/** A line of an event file, after the first, which names the format. */
export const eventSchema = z.discriminatedUnion('type', [
  event('run-started', {
    run: z.string(),
    path: z.string(),
    resumed: z.boolean(),
    steps: z.array(z.strictObject({ id: z.string(), title: z.string() })),
  }),
  event('step-started', { step, attempt: z.number().int() }),
  event('step-adopted', { step, because: z.string() }),
  event('step-noted', { step, text: z.string() }),
  event('step-progressed', { step, progress }),
  event('step-observed', { step, resource: z.string(), state: z.string() }),
  event('call-started', { step, call: z.string(), key: z.string() }),
  event('call-finished', { step, call: z.string(), key: z.string(), ms: z.number() }),
  event('step-finished', { step, ms: z.number(), summary: z.string() }),
  event('step-failed', { step, code: z.string(), message: z.string() }),
  event('undo-started', { step }),
  event('undo-finished', { step, because: z.string() }),
  event('run-stopping', { signal: z.string() }),
  event('notification-failed', { channel: z.string().describe('webhook or exec'), why: z.string() }),
  runFinished,
]) satisfies z.ZodType<PipelineEvent>;
