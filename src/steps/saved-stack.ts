import { z } from 'zod';
import { VerifyError } from '../errors.js';
import type { RunFiles } from '../process/run-files.js';

/** A resource of the stack as it stood. */
const stackResourceSchema = z.strictObject({
  logicalId: z.string(),
  physicalId: z.string(),
  type: z.string(),
});
export type StackResourceRef = z.output<typeof stackResourceSchema>;

/** The old stack as it was before it was deleted: what is needed to make it again, and what a person may want to know. */
const savedStackSchema = z.strictObject({
  format: z.literal(1),
  details: z.strictObject({
    id: z.string(),
    name: z.string(),
    parameters: z.array(z.strictObject({ name: z.string(), value: z.string(), hidden: z.boolean() })),
    outputs: z.record(z.string(), z.string()),
    exports: z.array(z.string()),
    tags: z.record(z.string(), z.string()),
    capabilities: z.array(z.string()),
    terminationProtection: z.boolean(),
    roleArn: z.string().nullable(),
    notificationArns: z.array(z.string()),
    policy: z.string().nullable(),
  }),
  /** As it was given, which is what is deployed again, and as CloudFormation worked it out. */
  template: z.strictObject({ original: z.string(), processed: z.string() }),
  resources: z.array(stackResourceSchema),
  /** Stacks that import, by export. Empty lists only: others end the run. */
  importers: z.record(z.string(), z.array(z.string())),
  /** Logical id of the source. */
  source: z.string(),
});
export type SavedStack = z.output<typeof savedStackSchema>;

/** A file of the run's folder, and its hash as the journal knows it. */
export interface SavedFile {
  readonly file: string;
  readonly sha256: string;
}

export function printSavedStack(saved: SavedStack): string {
  return `${JSON.stringify(saved, null, 2)}\n`;
}

/** @throws VerifyError when the file is not the one that was written */
export async function readSavedStack(
  files: Pick<RunFiles, 'read' | 'pathOf'>,
  wanted: SavedFile,
): Promise<SavedStack> {
  const found = await files.read(wanted.file);
  if (found?.sha256 === wanted.sha256) return savedStackSchema.parse(JSON.parse(found.text));
  throw new VerifyError(
    'SavedStackDamaged',
    `${wanted.file} is ${found === undefined ? 'missing' : 'not what this run has written'}`,
    { resource: files.pathOf(wanted.file) },
  );
}
