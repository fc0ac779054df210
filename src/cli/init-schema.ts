import { z } from 'zod';

/** What `init` gives under `result`. */
export const initSchema = z.strictObject({
  file: z.string(),
  replaced: z.boolean().describe('True when there was one before'),
  name: z.string(),
  region: z.string(),
  source: z.strictObject({
    instance: z.string(),
    database: z.string(),
    user: z.string(),
    secret: z.string(),
    stack: z.string().nullable(),
  }),
  target: z.strictObject({
    cluster: z.string(),
    instance: z.string(),
    stack: z.string().nullable(),
    template: z.string().nullable().describe('Null: through the RDS API'),
  }),
  app: z
    .strictObject({ ecsCluster: z.string(), ecsService: z.string(), logGroup: z.string().nullable() })
    .nullable(),
  remarks: z.array(z.string()).describe('What a person should know or do'),
});
export type InitResult = z.output<typeof initSchema>;
