/**
 * Writes down everything that is needed to make the source again under its name, before it is deleted:
 * `source-instance.json`, and the call that does it by hand. Reads AWS only; running again writes the same files anew.
 */
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { Config } from '../config/schema.js';
import { PreconditionError } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import type { RunFiles } from '../process/run-files.js';
import { writeInput } from './by-hand.js';
import { checkReadiness, saveSource, takeSnapshot } from './refs.js';
import { printSavedSource, readSavedSource, returnFile } from './saved-source.js';

export interface SaveSourceDeps {
  readonly rds: Pick<RdsGateway, 'readInstanceSettings' | 'describeReturn'>;
  readonly files: RunFiles;
}

interface In {
  readonly identifier: string;
  readonly arn: string;
  /** What it would come back from; absent where that was given up. */
  readonly snapshot: string | undefined;
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
    select: ({ outputOf, findOutputOf }) => {
      const { identifier, arn } = outputOf(checkReadiness).source;
      return { identifier, arn, snapshot: findOutputOf(takeSnapshot)?.snapshotIdentifier };
    },
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [
          `writes the settings of ${config.source.instance} to the folder of the run: class, storage, network, groups, windows, tags`,
        ],
      }),
    run: async (io, { identifier, arn, snapshot }) => {
      const settings = await rds.readInstanceSettings(identifier);
      if (settings?.arn !== arn)
        throw new PreconditionError('SourceChanged', `${identifier} is not the source this run began with`, {
          why: settings === undefined ? 'It is gone' : `It is ${settings.arn}, the run began with ${arn}`,
          resource: arn,
          resumable: true,
        });
      const sha256 = await files.write(file, printSavedSource(settings));
      if (snapshot !== undefined)
        await writeInput(files, returnFile, rds.describeReturn({ settings, snapshot, tags: {} }));
      io.note(`the settings of ${identifier} lie in ${files.pathOf(file)}`);
      return { file, sha256 };
    },
    verify: async (_io, _input, output) => {
      await readSavedSource(files, output);
    },
  };
}
