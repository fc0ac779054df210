import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PreconditionError } from '../errors.js';
import { findLocalArtifacts } from './local-artifacts.js';
import { restorePolicies, retainResources } from './retain-policies.js';
import { findDatabase, foundationStage, importStage, readSettings } from './stack-stages.js';
import { restoreCluster, restoreInstance } from './snapshot-template.js';
import { closureOf, readTemplate } from './stack-template.js';
import { keepResources, withoutTasks } from './template-stages.js';

/** CloudFormation takes no longer template in a call. Source: "CloudFormation quotas". */
const maximumBytes = 51_200;

/** Templates as files and as text, for steps. */
export interface TemplateTools {
  /** @throws PreconditionError when there is no such file, or it is too long to be sent. */
  load(path: string): Promise<string>;
  /** SHA-256 in hex. */
  digest(text: string): string;
  readonly read: typeof readTemplate;
  readonly closureOf: typeof closureOf;
  readonly retain: typeof retainResources;
  readonly restore: typeof restorePolicies;
  readonly findDatabase: typeof findDatabase;
  readonly foundationStage: typeof foundationStage;
  readonly importStage: typeof importStage;
  readonly readSettings: typeof readSettings;
  readonly restoreCluster: typeof restoreCluster;
  readonly restoreInstance: typeof restoreInstance;
  readonly findLocalArtifacts: typeof findLocalArtifacts;
  readonly keepResources: typeof keepResources;
  readonly withoutTasks: typeof withoutTasks;
}

/** Paths are relative to `directory`, the one the config file is in. */
export function createTemplateTools(directory: string): TemplateTools {
  return {
    load: async (path) => {
      const text = await readFile(resolve(directory, path), 'utf8').catch((cause: unknown) => {
        throw new PreconditionError(
          'TemplateNotFound',
          `the template ${resolve(directory, path)} cannot be read`,
          {
            why: cause instanceof Error ? cause.message : String(cause),
            next: [
              'correct target.deploy in the config; paths are relative to the config file',
              'a template that a build or `aws cloudformation package` writes has to be written beforehand',
            ],
            changed: false,
            cause,
          },
        );
      });
      if (Buffer.byteLength(text) <= maximumBytes) return text;
      throw new PreconditionError(
        'TemplateTooLong',
        `the template ${path} is longer than ${String(maximumBytes)} bytes`,
        {
          why: 'CloudFormation takes longer ones only from S3',
          next: ['shorten it (aws cloudformation package, nested stacks), or use target.deploy.command'],
          changed: false,
        },
      );
    },
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    read: readTemplate,
    closureOf,
    retain: retainResources,
    restore: restorePolicies,
    findDatabase,
    foundationStage,
    importStage,
    readSettings,
    restoreCluster,
    restoreInstance,
    findLocalArtifacts,
    keepResources,
    withoutTasks,
  };
}
