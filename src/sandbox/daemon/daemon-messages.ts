import { z } from 'zod';

/** What the command tells the daemon, over the channel between them and not in its arguments. */
export const daemonOptionsSchema = z.object({
  folder: z.string(),
  token: z.string(),
  speed: z.number(),
  port: z.int(),
  /** Undefined: no scenario. */
  scale: z.number().optional(),
});
export type DaemonOptions = z.output<typeof daemonOptionsSchema>;

/** What the daemon answers: lines while it starts, then one of the other two. */
export const daemonMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('line'), line: z.string() }),
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
export type DaemonMessage = z.output<typeof daemonMessageSchema>;
