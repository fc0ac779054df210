import type { Connection, FaultProxy } from './fault-proxy.js';
import type { FaultWorld, Side } from './fault-world.js';

/** Something that goes wrong while data moves. */
export interface Fault {
  /** `harmless`: the run must not even stop. `stall`: it must notice by itself. */
  readonly kind: 'harmless' | 'break' | 'stall';
  /** From the beginning of the run. */
  readonly begin?: (world: FaultWorld, side: Side, random: () => number) => Promise<void> | void;
  /** When a number of bytes has come over the line; what it returns is waited for before the run goes on. */
  readonly strike?: (hit: Hit) => Promise<void> | void;
  /** Takes it back, but for what healing the lines does. */
  readonly end?: (world: FaultWorld, side: Side) => Promise<void>;
}

export interface Hit {
  readonly world: FaultWorld;
  readonly side: Side;
  readonly line: FaultProxy;
  readonly connection: Connection;
  readonly random: () => number;
}

const limits = [
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'transaction_timeout',
  'idle_session_timeout',
];

/** On both: settings of roles are compared, too. */
const setLimits = async ({ servers }: FaultWorld, value: string): Promise<void> => {
  for (const server of Object.values(servers))
    for (const name of limits)
      await server.asSuperuser('postgres', `ALTER ROLE master SET ${name} = '${value}'`);
};

const connectionLimit = ({ servers }: FaultWorld, side: Side, limit: number): Promise<unknown> =>
  servers[side].asSuperuser('postgres', `ALTER ROLE master CONNECTION LIMIT ${String(limit)}`);

const restart = (signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Fault => ({
  kind: 'break',
  strike: ({ world, side }) => world.servers[side].restart(signal),
});

export const faults: Readonly<Record<string, Fault>> = {
  'one connection reset': { kind: 'break', strike: ({ connection }) => connection.reset() },
  'all connections reset': { kind: 'break', strike: ({ line }) => line.resetAll() },
  'line down for a while': {
    kind: 'break',
    strike: ({ line, random }) => {
      line.setLine({ kind: 'down' });
      line.resetAll();
      setTimeout(() => line.setLine({ kind: 'good' }), 100 + 1500 * random());
    },
  },
  'line down for good': {
    kind: 'break',
    strike: ({ line }) => {
      line.setLine({ kind: 'down' });
      line.resetAll();
    },
  },
  'one side closed': { kind: 'break', strike: ({ connection }) => connection.halfClose() },
  'one connection silent': { kind: 'stall', strike: ({ connection }) => connection.stall() },
  'all silent': { kind: 'stall', strike: ({ line }) => line.setLine({ kind: 'stalled' }) },
  'server stopped': restart('SIGINT'),
  'server stopped slowly': restart('SIGTERM'),
  'server crashed': restart('SIGKILL'),
  'no connection left': {
    kind: 'break',
    strike: async ({ world, side }) => void (await connectionLimit(world, side, 1)),
    end: async (world, side) => void (await connectionLimit(world, side, -1)),
  },
  'a late line': {
    kind: 'harmless',
    begin: ({ lines }, side, random) => lines[side].setLine({ kind: 'late', ms: 2 + 15 * random() }),
  },
  'a narrow line': {
    kind: 'harmless',
    begin: ({ lines }, side) => lines[side].setLine({ kind: 'narrow', bytesPerMs: 2000 }),
  },
  'a line in slices': {
    kind: 'harmless',
    begin: ({ lines }, side, random) =>
      lines[side].setLine({ kind: 'sliced', bytes: 200 + Math.floor(1200 * random()) }),
  },
  'limits of time on the role': {
    kind: 'harmless',
    begin: (world) => setLimits(world, '300ms'),
    end: (world) => setLimits(world, '0'),
  },
};
