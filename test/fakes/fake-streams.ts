import { PreconditionError } from '../../src/errors.js';
import type { Copier, StreamGateway } from '../../src/postgres/stream/stream-gateway.js';
import type { StreamPlan } from '../../src/postgres/stream/stream-plan.js';
import type { FakeTargetServer } from './fake-target-server.js';

const part = (key: string) => ({ key, label: 'app.chunks', bytes: 1, out: ['out'], into: ['into'] });
const parts = [
  part('app.chunks blocks 0 to 9'),
  part('app.chunks blocks 10 to end'),
  { ...part('app.users'), label: 'app.users' },
];
const plan: StreamPlan = {
  format: 1,
  partsBeforeLargeObjects: 1,
  parts,
  builds: [
    {
      label: 'app.chunks_key',
      entry: '2606 7',
      // All of them: the laws count calls, and want them one after the other.
      after: parts.map(({ key }) => key),
      ...{ afterBuilds: [], tables: ['app.chunks'] },
      vector: false,
      constraint: true,
    },
  ],
};

/** A source that streams into a fake target. A part that is in cannot be copied again: its rows would be there twice. */
export function createFakeStreams(server: FakeTargetServer): StreamGateway {
  const contentsOf = (database: string): string[] => server.database(database).contents;
  const add = (database: string, ...what: string[]): void => {
    server.mutations.push(...what);
    contentsOf(database).push(...what);
  };
  const isMark = (one: string): boolean => one.startsWith('mark ');
  const copierOf = (database: string): Copier => ({
    part: async ({ key }) => {
      if (contentsOf(database).includes(`rows ${key}`)) throw new PreconditionError('DuplicateKey', key);
      add(database, `rows ${key}`, `mark ${key}`);
      return 1;
    },
    largeObjects: async () => {
      if (!contentsOf(database).includes('large objects')) add(database, 'large objects');
    },
    sequences: async () => {
      if (!contentsOf(database).includes('sequences')) add(database, 'sequences');
      return 1;
    },
  });
  return {
    plan: async () => plan,
    parsePlan: () => plan,
    endLeftovers: async () => undefined,
    makeMarks: async ({ database }) => {
      if (!contentsOf(database).includes('mark table')) add(database, 'mark table');
    },
    readMarks: async ({ database }) => {
      const marks = contentsOf(database).filter(isMark);
      return marks.length === 0 ? undefined : new Set(marks.map((one) => one.slice('mark '.length)));
    },
    dropMarks: async ({ database }) => {
      if (!contentsOf(database).some(isMark)) return;
      server.mutations.push('drop marks');
      const found = server.database(database);
      found.contents = found.contents.filter((one) => !isMark(one));
    },
    copy: async ({ target, signal }, work) => work(copierOf(target.database), signal),
  };
}
