/**
 * Lets the restored database be written to: the snapshot was taken while the writers were paused, and the setting that
 * paused them came along. Gives back the value from before the pause. Running again finds it and changes nothing.
 */
import type { Config } from '../config/schema.js';
import { VerifyError } from '../errors.js';
import type { RecordedIntent, Step } from '../pipeline/step.js';
import type { RestoredDatabaseGateway } from '../postgres/restored-database-gateway.js';
import { noteReadOnly } from './by-hand.js';
import { awaitTarget, liftReadOnly, pauseWriters, type ServerRef } from './refs.js';

export interface LiftReadOnlyDeps {
  readonly restored: Pick<RestoredDatabaseGateway, 'readReadOnly' | 'setReadOnly'>;
}

interface In {
  readonly server: ServerRef;
  readonly wanted: string | null;
}
type Out = ReturnType<typeof liftReadOnly.output.parse>;

const call = 'sql:ALTER DATABASE default_transaction_read_only';

export function createLiftReadOnly({ restored }: LiftReadOnlyDeps): Step<In, Out, Config> {
  return {
    ...liftReadOnly,
    title: 'Let the target be written to',
    typicalSeconds: [1, 3],
    writersPaused: true,
    reversal: {
      kind: 'undo',
      note: ({ server }, { intents }) => {
        const before = valueBefore(intents);
        return before === undefined ? [] : [noteReadOnly(server, before)];
      },
      undo: async (io, { server }) => {
        const before = valueBefore(io.intents());
        const found = await restored.readReadOnly(server);
        if (before === undefined || found === before) return;
        await io.mutate({ call: `${call} back`, key: server.database, before: { value: found } }, () =>
          restored.setReadOnly(server, before),
        );
      },
    },
    select: ({ outputOf }) => ({
      server: outputOf(awaitTarget).server,
      wanted: outputOf(pauseWriters).database.previousDefaultReadOnly,
    }),
    plan: (_io, { config }) =>
      Promise.resolve({
        kind: 'change',
        effects: [`takes back on the target what paused the writers of ${config.source.database}`],
        calls: [call],
      }),
    run: async (io, { server, wanted }) => {
      const found = await restored.readReadOnly(server);
      if (found !== wanted)
        await io.mutate({ call, key: server.database, before: { value: found } }, () =>
          restored.setReadOnly(server, wanted),
        );
      return { restored: wanted };
    },
    verify: async (_io, { server }, output) => {
      const found = await restored.readReadOnly(server);
      if (found === output.restored) return;
      throw new VerifyError(
        'TargetReadOnly',
        `default_transaction_read_only of ${server.database} on the target is ${found ?? 'not set'}`,
        {
          why: `it was ${output.restored ?? 'not set'} on the source`,
          resource: server.host,
        },
      );
    },
  };
}

/** The oldest intent holds the value that came with the snapshot. */
function valueBefore(intents: readonly RecordedIntent[]): string | undefined {
  const value = intents.find((intent) => intent.call === call)?.before?.['value'];
  return typeof value === 'string' ? value : undefined;
}
