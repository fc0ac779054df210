/**
 * Writes down everything that is needed to make the source again under its name, before it is deleted:
 * `source-instance.json`. Reads AWS only; running again writes the same file anew.
 */
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { Config } from '../config/schema.js';
import { PreconditionError } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import type { RunFiles } from '../process/run-files.js';
import { checkReadiness, saveSource } from './refs.js';
import { printSavedSource, readSavedSource } from './saved-source.js';

export interface SaveSourceDeps {
  readonly rds: Pick<RdsGateway, 'readInstanceSettings'>;
  readonly files: RunFiles;
}

interface In {
  readonly identifier: string;
  readonly arn: string;
}
type Out = ReturnType<typeof saveSource.output.parse>;

const file = 'source-instance.json';

export function createSaveSource({ rds, files }: SaveSourceDeps): Step<In, Out, Config> {
  return {
    ...saveSource,
    title: 'Save the settings of the source',
    typicalSeconds: [1, 5],
    reversal: {
      kind: 'nothing-to-undo',
      because: 'it only reads AWS; the file stays in the folder of the run',
    },
    select: ({ outputOf }) => outputOf(checkReadiness).source,
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          `writes the settings of ${config.source.instance} to the folder of the run: class, storage, network, groups, windows, tags`,
        ],
      }),
    run: async (io, { identifier, arn }) => {
      const settings = await rds.readInstanceSettings(identifier);
      if (settings?.arn !== arn)
        throw new PreconditionError('SourceChanged', `${identifier} is not the source this run began with`, {
          why: settings === undefined ? 'It is gone' : `It is ${settings.arn}, the run began with ${arn}`,
          resource: arn,
          resumable: true,
        });
      const sha256 = await files.write(file, printSavedSource(settings));
      io.note(`the settings of ${identifier} lie in ${files.pathOf(file)}`);
      return { file, sha256 };
    },
    verify: async (_io, _input, output) => {
      await readSavedSource(files, output);
    },
  };
}
