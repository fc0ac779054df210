import { z } from 'zod';
import { ref } from './ref-shapes.js';

/** The old stack and its secrets, as files of the run's folder; the journal holds their hashes. */
export const saveStack = ref(
  'save-stack',
  z.strictObject({
    stackId: z.string(),
    stackName: z.string(),
    file: z.string(),
    sha256: z.string(),
    secretsFile: z.string(),
    secretsSha256: z.string(),
    /** Names of the secrets whose values are sealed. */
    secrets: z.array(z.strictObject({ name: z.string(), arn: z.string() })),
    /** How the stack is made again by hand; earlier versions did not write it down. */
    comeback: z
      .strictObject({
        /** What stands by then and has to be imported; a secret, by its name, may have another ARN than it had. */
        imports: z.array(
          z.strictObject({
            logicalId: z.string(),
            type: z.string(),
            property: z.string(),
            physicalId: z.string(),
            secret: z.string().nullable(),
          }),
        ),
        hasTasks: z.boolean(),
        isProtected: z.boolean(),
        hasPolicy: z.boolean(),
      })
      .optional(),
  }),
);

export const deleteStack = ref(
  'delete-stack',
  z.strictObject({
    stackId: z.string(),
    /** What the template retained: it stands outside of any stack. */
    kept: z.array(z.strictObject({ logicalId: z.string(), physicalId: z.string(), type: z.string() })),
    deletedAt: z.string(),
  }),
);

export const deployFromSnapshot = ref(
  'deploy-from-snapshot',
  z.strictObject({
    stackId: z.string(),
    stackName: z.string(),
    /** The template as it has to stay, a file of the run's folder. */
    file: z.string(),
    sha256: z.string(),
    /** Parameters that carry the snapshot; they have to stay as well. */
    parameters: z.record(z.string(), z.string()),
  }),
);

export const settleStack = ref('settle-stack', z.strictObject({ stackId: z.string() }));
