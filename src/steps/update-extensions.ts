/**
 * Updates the extensions that the snapshot brought in the source's versions to those that the target ships. Each update is
 * one transaction: after a crash the ones left are found by their versions.
 */
import type { Config } from '../config/schema.js';
import { VerifyError } from '../errors.js';
import type { Step } from '../pipeline/step.js';
import type { RestoredDatabaseGateway } from '../postgres/restored-database-gateway.js';
import { awaitTarget, updateExtensions, type ServerRef } from './refs.js';

export interface UpdateExtensionsDeps {
  readonly restored: Pick<RestoredDatabaseGateway, 'planUpdates' | 'update'>;
}

type Out = ReturnType<typeof updateExtensions.output.parse>;

const call = 'sql:ALTER EXTENSION';

export function createUpdateExtensions({ restored }: UpdateExtensionsDeps): Step<ServerRef, Out, Config> {
  return {
    ...updateExtensions,
    title: 'Update the extensions',
    typicalSeconds: [1, 30],
    writersPaused: true,
    reversal: {
      kind: 'nothing-to-undo',
      because: 'the extensions go with the cluster, which was restored by this run',
    },
    select: ({ outputOf }) => outputOf(awaitTarget).server,
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [`in ${config.source.database} of the target: every extension to the version that it ships`],
        calls: [call],
      }),
    run: async (io, server) => {
      for (const update of await restored.planUpdates(server)) {
        const { name, from, to } = update;
        await io.mutate({ call, key: name, before: { from, to } }, () => restored.update(server, update));
        io.note(`${name} ${from} is now ${to}`);
      }
      const made = new Map(
        io
          .intents()
          .map(({ key, before }) => [
            key,
            { name: key, from: String(before?.['from']), to: String(before?.['to']) },
          ]),
      );
      return { updated: [...made.values()] };
    },
    verify: async (_io, server) => {
      const left = await restored.planUpdates(server);
      if (left.length === 0) return;
      throw new VerifyError(
        'ExtensionsOutdated',
        `extensions older than the target ships: ${left.map(({ name, from }) => `${name} ${from}`).join(', ')}`,
        { resource: server.host },
      );
    },
  };
}
