import { z } from 'zod';
import { ref, type OutputOf } from './ref-shapes.js';

/** What `finalize` will end, found by reading. */
export const checkFinalization = ref(
  'check-finalization',
  z.strictObject({
    instance: z.strictObject({ identifier: z.string(), arn: z.string(), resourceId: z.string() }),
    /** `stack`: the old stack as a whole; `instance`: the instance alone. */
    ending: z.enum(['stack', 'instance']),
    /** The stack that owns the source. */
    stack: z.strictObject({ id: z.string(), name: z.string(), source: z.string() }).nullable(),
    /** Logical ids in that stack that have to outlive it: the secret, and what is attached to it. */
    keep: z.array(z.string()),
    /** Why the stack stays, one sentence each. */
    stays: z.array(z.string()),
    /** What served the source alone and belongs to no stack; nothing is done to it. */
    leftovers: z.array(z.string()),
  }),
);

/** The last copy of the source, proven `available`. */
export const takeLastSnapshot = ref(
  'take-last-snapshot',
  z.strictObject({ snapshotIdentifier: z.string(), snapshotArn: z.string(), createdAt: z.string() }),
);

export const keepSecret = ref(
  'keep-secret',
  z.strictObject({ stackId: z.string().nullable(), retained: z.array(z.string()) }),
);

export const deleteSource = ref(
  'delete-source',
  z.strictObject({ instance: z.string(), stackId: z.string().nullable(), deletedAt: z.string() }),
);

export type Finalization = OutputOf<typeof checkFinalization>;
export type LastSnapshot = OutputOf<typeof takeLastSnapshot>;
