import { z } from 'zod';
import { deployedStack, ref } from './ref-shapes.js';

export const deployEmpty = ref('deploy-empty', deployedStack);

/** The instance that the data is read from while neither the source nor its stack is there. */
export const hydrateSource = ref(
  'hydrate-source',
  z.strictObject({
    instanceIdentifier: z.string(),
    instanceArn: z.string(),
    host: z.string(),
    port: z.number().int(),
  }),
);

export const removeTemporary = ref('remove-temporary', z.strictObject({ instanceIdentifier: z.string() }));

export const settleByCommand = ref('settle-by-command', z.strictObject({ stackId: z.string() }));
