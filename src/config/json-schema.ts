import { z } from 'zod';
import { configSchema } from './schema.js';

/** The JSON Schema of `rds2aurora.yaml`, for editors. `scripts/generate-schemas.mjs` writes it to `schemas/`. */
export function createConfigJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(configSchema, { io: 'input' });
  return { $schema, title: 'Configuration of rds2aurora', ...rest };
}
