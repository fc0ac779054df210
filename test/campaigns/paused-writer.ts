import { join } from 'node:path';
import { expect } from 'vitest';
import { readJournal } from '../../src/journal/read.js';
import { openFileWorld } from '../pipeline/file-world.js';
import type { FieldOptions } from './race-field.js';
import { readHolder, startRacer, type RaceOrder, type RaceReply } from './state-race.js';

export interface Pair {
  race(name: string, pauseAt: string): Promise<void>;
  end(): Promise<void>;
}

const run = 'rag-000000';

/** Two machines with one store, of which the first is stopped in the middle of its work and wakes too late. */
export async function startPair(
  program: string,
  { worker, env }: NonNullable<FieldOptions['shared']>,
  folder: string,
): Promise<Pair> {
  const [sleeper, colleague] = [
    await startRacer(program, worker, env),
    await startRacer(program, worker, env),
  ];
  return {
    end: async () => {
      for (const racer of [sleeper, colleague]) await racer.kill();
    },
    race: async (race, pauseAt) => {
      const world = join(folder, race, 'world');
      const order = (machine: string): Omit<Extract<RaceOrder, { do: 'open' }>, 'verb'> => ({
        ...{ do: 'open', race, run, world, leaseSeconds: 0.5 },
        root: join(folder, race, machine),
      });
      const made = () => openFileWorld(world).changes.length;
      await colleague.send({ ...order('there'), verb: 'prepare' });
      await colleague.send({ do: 'go' });
      await sleeper.send({ ...order('here'), verb: 'resume', pauseAt });
      expect(await sleeper.send({ do: 'go' })).toEqual({ did: 'pause' });

      const earlier: RaceReply[] = [];
      const takeOver = async () => {
        const reply = await colleague.send({ ...order('there'), verb: 'resume' });
        if (reply.did !== 'open') earlier.push(reply);
        return reply.did;
      };
      await expect.poll(takeOver, { timeout: 60_000, interval: 250 }).toBe('open');
      expect(earlier.filter((reply) => readHolder(reply) !== sleeper.pid)).toEqual([]);

      sleeper.child.kill('SIGCONT');
      const woken = await sleeper.next();
      expect(woken).toMatchObject({ did: 'fail', exitCode: 7 });
      expect(['JournalTaken', 'LockLost']).toContain(woken.did === 'fail' ? woken.code : '');
      expect(made()).toBe(2);
      expect(await colleague.send({ do: 'go' })).toEqual({ did: 'go', run, outcome: 'finished' });
      expect(made()).toBe(5);
      const { records } = readJournal(join(order('there').root, 'runs', run, 'journal.jsonl'));
      const from = records.findIndex(({ type }) => type === 'taken-over');
      const later = records.slice(from).flatMap((record) => ('pid' in record ? [record.pid] : []));
      expect(later).toEqual([colleague.pid]);
    },
  };
}
