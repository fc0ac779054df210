import { z } from 'zod';
import type { StepRef } from '../pipeline/step.js';

/** A reference whose output is checked by a schema. */
export function ref<Schema extends z.ZodType>(id: string, output: Schema): StepRef<z.output<Schema>> {
  return { id, output };
}

export type OutputOf<Ref> = Ref extends StepRef<infer Out> ? Out : never;

export const deployedStack = z.strictObject({
  stackId: z.string(),
  stackName: z.string(),
  /** Whether this run made the stack; false in place. */
  created: z.boolean(),
});
