import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { S3 } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { readJournal } from '../../src/journal/read.js';
import { openFileWorld } from '../pipeline/file-world.js';
import { readHolder, startRacer, type RaceOrder, type RaceReply, type Racer } from './state-race.js';

export interface FieldOptions {
  readonly folder: string;
  readonly program: string;
  readonly random: () => number;
  /** Absent: the racers are on one machine, and share its folder. */
  readonly shared?: {
    readonly worker: string;
    readonly env: Readonly<Record<string, string>>;
    readonly client: S3;
  };
}

type Open = Extract<RaceOrder, { do: 'open' }>;
type Verb = Open['verb'];

const preparedRun = 'rag-000000';
const verbs = ['start', 'resume', 'resume', 'rollback'] as const;

/** Processes that race for one run after the other. */
export class Field {
  private readonly racers: Racer[] = [];
  /** Races, and attempts of processes in them. */
  readonly counts = { races: 0, attempts: 0, takeovers: 0 };

  constructor(private readonly options: FieldOptions) {}

  /** One race; every so often its winner is killed, and the others race for what it left. */
  async race(n: number, size: number): Promise<void> {
    const race = `race-${String(n)}`;
    while (this.racers.length < size) this.racers.push(await this.start());
    await this.prepare(race);
    const told = this.shuffle(this.racers)
      .slice(0, size)
      .map((racer) => ({ racer, verb: this.pick(verbs) }));
    let won = await this.compete(race, told, preparedRun);
    const isTakenOver = n % 5 === 4;
    const heirs = told.filter(({ racer }) => racer !== won.racer);
    if (isTakenOver) {
      await won.racer.kill();
      this.racers.splice(this.racers.indexOf(won.racer), 1);
      this.counts.takeovers += 1;
      won = await this.compete(
        race,
        heirs.map(({ racer }) => ({ racer, verb: 'resume' })),
        won.run,
      );
    }
    await this.assertNamed(
      race,
      won,
      heirs.find(({ racer }) => racer !== won.racer),
    );
    const outcome = won.verb === 'rollback' ? 'rolled-back' : 'finished';
    expect(await won.racer.send({ do: 'go' }), race).toEqual({ did: 'go', run: won.run, outcome });
    await this.assertOneWriter(race, won);
    this.counts.races += 1;
  }

  async end(): Promise<void> {
    for (const racer of this.racers) await racer.kill();
  }

  private start(): Promise<Racer> {
    const { program, shared } = this.options;
    return startRacer(program, shared?.worker, shared?.env ?? {});
  }

  private async prepare(race: string): Promise<void> {
    const racer = this.pick(this.racers);
    const order = this.orderOf(race, racer, 'prepare', preparedRun);
    expect(await racer.send(order), race).toMatchObject({ did: 'open', run: preparedRun });
    expect(await racer.send({ do: 'go' }), race).toMatchObject({ did: 'go', outcome: 'unfinished' });
  }

  /** All at once; gives the one that got it, which still has it. */
  private async compete(race: string, told: readonly { racer: Racer; verb: Verb }[], run: string) {
    const replies = await Promise.all(
      told.map(async ({ racer, verb }) => {
        const order = this.orderOf(race, racer, verb, verb === 'start' ? undefined : run);
        return { racer, verb, reply: await racer.send(order) };
      }),
    );
    this.counts.attempts += replies.length;
    const winners = replies.flatMap(({ racer, verb, reply }) =>
      reply.did === 'open' ? [{ racer, verb, run: reply.run }] : [],
    );
    expect(winners, `${race}: ${JSON.stringify(replies.map(({ reply }) => reply))}`).toHaveLength(1);
    const pids = told.map(({ racer }) => racer.pid);
    for (const { racer, reply } of replies.filter(({ racer: one }) => one !== winners[0]?.racer)) {
      expect(reply, race).toMatchObject({ did: 'fail', code: 'Locked', exitCode: 7 });
      // In the turmoil it may name one that was about to lose, but never itself.
      expect(pids.filter((pid) => pid !== racer.pid)).toContain(readHolder(reply));
    }
    const [winner] = winners;
    if (winner === undefined) throw new Error('nobody has won');
    return winner;
  }

  /** Whoever comes while it is held is told by whom. */
  private async assertNamed(
    race: string,
    won: { racer: Racer; run: string },
    late: { racer: Racer } | undefined,
  ): Promise<void> {
    if (late === undefined) return;
    const reply: RaceReply = await late.racer.send(this.orderOf(race, late.racer, 'resume', won.run));
    this.counts.attempts += 1;
    expect(reply, race).toMatchObject({ did: 'fail', code: 'Locked', exitCode: 7 });
    expect(readHolder(reply), race).toBe(won.racer.pid);
  }

  /** The journal is whole, the winner alone has written to it, and nothing was made or removed twice. */
  private async assertOneWriter(race: string, won: { racer: Racer; run: string; verb: Verb }): Promise<void> {
    const { root, world } = this.orderOf(race, won.racer, won.verb);
    const file = join(root, 'runs', won.run, 'journal.jsonl');
    const { records } = readJournal(file);
    const sessions = records.flatMap((record) => (record.type === 'session-opened' ? [record.pid] : []));
    const isNew = won.run !== preparedRun;
    expect(sessions, race).toHaveLength(isNew ? 1 : 2);
    expect(sessions.at(-1), race).toBe(won.racer.pid);
    const { changes } = openFileWorld(world);
    expect(new Set(changes).size, `${race}: ${changes.join(', ')}`).toBe(changes.length);
    expect(changes, race).toHaveLength(won.verb === 'rollback' ? 4 : 5);
    if (this.options.shared !== undefined)
      expect(await this.readShared(race, won.run), race).toBe(readFileSync(file, 'utf8'));
  }

  private async readShared(race: string, run: string): Promise<string> {
    const client = this.options.shared?.client;
    const place = { Bucket: 'state', Prefix: `${race}/runs/${run}/journal/` };
    const { Contents = [] } = (await client?.listObjectsV2(place)) ?? {};
    const lines = Contents.map(async ({ Key }) => {
      const object = await client?.getObject({ Bucket: 'state', Key: Key ?? '' });
      return (await object?.Body?.transformToString()) ?? '';
    });
    return (await Promise.all(lines)).join('');
  }

  private orderOf(race: string, racer: Racer, verb: Verb, run?: string): Open {
    const { folder, shared } = this.options;
    const machine = shared === undefined ? 'here' : `machine-${String(racer.pid)}`;
    return {
      ...{ do: 'open', verb, race, leaseSeconds: 60 },
      root: join(folder, race, machine),
      world: join(folder, race, 'world'),
      ...(run === undefined ? {} : { run }),
    };
  }

  private pick<T>(from: readonly T[]): T {
    const one = from[Math.floor(this.options.random() * from.length)];
    if (one === undefined) throw new Error('there is nothing to choose from');
    return one;
  }

  private shuffle<T>(from: readonly T[]): T[] {
    return from
      .map((one) => ({ one, at: this.options.random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ one }) => one);
  }
}
