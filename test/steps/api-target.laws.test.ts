import { describe, expect, test } from 'vitest';
import { configSchema, type Config } from '../../src/config/schema.js';
import { MigrationError } from '../../src/errors.js';
import type { RecordedIntent } from '../../src/pipeline/step.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import { createCreateCluster } from '../../src/steps/create-cluster.js';
import { createCreateWriter } from '../../src/steps/create-writer.js';
import { FakeRds } from '../fakes/fake-rds.js';
import { describeStepLaws, type LawWorld } from '../laws/step-laws.js';
import { lawConfig, lawEarlier } from './data-law-inputs.js';
import { cellsOf, recordedAs } from './decision-table.js';
import { inputs } from './stack-world.js';
import { createStepIo } from './step-harness.js';

const clusterName = 'production-rag-cluster';
const writerName = 'production-rag-instance';
const clusterArn = `arn:aws:rds:us-east-1:123456789012:cluster:${clusterName}`;
const earlier = {
  ...lawEarlier,
  'create-cluster': { clusterIdentifier: clusterName, clusterArn },
};
const unprotected: Config = configSchema.parse({
  ...lawConfig,
  target: { ...lawConfig.target, deletionProtection: false },
});

const ours = { 'rds2aurora:run': 'law-000000' };
const theirs = { 'rds2aurora:run': 'another-run' };
const wanted = {
  ...{ identifier: clusterName, engineVersion: '17.7', kmsKeyId: undefined, subnetGroup: undefined },
  ...{ securityGroups: [], scaling: { min: 0.5, max: 1 }, tags: ours },
};

const createCluster = (rds: FakeRds) => seal(createCreateCluster({ rds: rds.gateway, waits: rds.waits }));
const createWriter = (rds: FakeRds) => seal(createCreateWriter({ rds: rds.gateway, waits: rds.waits }));

function worldOf(rds: FakeRds, step: SealedStep<Config>, config = lawConfig): LawWorld<Config> {
  return {
    ...{ step, config, earlier },
    snapshot: () => rds.snapshot(),
    mutations: () => [...rds.mutations],
    tamper: () => {
      rds.instances.clear();
      rds.clusters.clear();
    },
  };
}

/** The cluster stands, as create-cluster has left it. */
function withCluster(): FakeRds {
  const rds = new FakeRds();
  rds.addCluster(wanted);
  return rds;
}

describeStepLaws('create-cluster, protected against deletion', () => {
  const rds = new FakeRds();
  return worldOf(rds, createCluster(rds));
});
describeStepLaws('create-cluster, unprotected', () => {
  const rds = new FakeRds();
  return worldOf(rds, createCluster(rds), unprotected);
});
describeStepLaws('create-writer', () => {
  const rds = withCluster();
  return worldOf(rds, createWriter(rds));
});

interface Outcome {
  readonly changes: readonly string[];
  /** The code of the error that the step threw. */
  readonly refused: string | undefined;
  readonly notes: readonly string[];
}

/** One attempt after another: what the journal has of the first, what the world has, and what the second one does. */
async function attempt(
  step: SealedStep<Config>,
  rds: FakeRds,
  work: 'run' | 'undo',
  intents: readonly RecordedIntent[],
): Promise<Outcome> {
  const { io, notes } = createStepIo('law-000000', step.id, [...intents]);
  const from = inputs(earlier, lawConfig);
  const before = rds.mutations.length;
  const refused = await (work === 'run' ? step.run(io, from) : step.undo(io, from, undefined)).then(
    () => undefined,
    (error: unknown) => (error instanceof MigrationError ? error.code : String(error)),
  );
  return { refused, notes, changes: rds.mutations.slice(before) };
}

const protectedOnce = [`ModifyDBCluster ${clusterName}`];

describe('create-cluster decides', () => {
  const found = {
    'there is no cluster': () => new FakeRds(),
    'it is ours and as asked': () => withCluster(),
    'it is ours and differs': () => {
      const rds = new FakeRds();
      rds.addCluster({ ...wanted, scaling: { min: 8, max: 64 } });
      return rds;
    },
    'it is not ours': () => {
      const rds = new FakeRds();
      rds.addCluster({ ...wanted, tags: theirs });
      return rds;
    },
  };
  const protect = (rds: FakeRds): FakeRds => {
    for (const [name, one] of rds.clusters) rds.clusters.set(name, { ...one, deletionProtection: true });
    return rds;
  };

  describe('about CreateDBCluster', () => {
    const made: Partial<Outcome> = {
      changes: [`CreateDBCluster ${clusterName}`, ...protectedOnce],
      refused: undefined,
    };
    const adopted: Partial<Outcome> = { changes: protectedOnce, refused: undefined };
    const differs: Partial<Outcome> = { changes: [], refused: 'ClusterDiffers' };
    const taken: Partial<Outcome> = { changes: [], refused: 'ClusterTaken' };
    const intent = { call: 'rds:CreateDBCluster', key: clusterName };

    test.each(
      cellsOf({
        'there is no cluster': [made, made, made],
        'it is ours and as asked': [adopted, adopted, adopted],
        'it is ours and differs': [differs, differs, differs],
        'it is not ours': [taken, taken, taken],
      }),
    )('when %s, and the journal has %s: %j', async (state, journal, expected) => {
      const rds = found[state]();
      expect(await attempt(createCluster(rds), rds, 'run', recordedAs(journal, intent))).toMatchObject(
        expected,
      );
    });

    test('when somebody takes the name between the look and the call, their cluster is left alone', async () => {
      const rds = found['it is not ours']();
      let looks = 0;
      const findCluster = (name: string) =>
        (looks += 1) === 1 ? Promise.resolve(undefined) : rds.gateway.findCluster(name);
      const step = seal(createCreateCluster({ rds: { ...rds.gateway, findCluster }, waits: rds.waits }));
      expect(await attempt(step, rds, 'run', [])).toMatchObject({ changes: [], refused: 'ClusterTaken' });
    });
  });

  describe('about ModifyDBCluster, which protects it', () => {
    const intent = { call: 'rds:ModifyDBCluster', key: clusterName, before: { deletionProtection: false } };
    const once: Partial<Outcome> = { changes: protectedOnce, refused: undefined };
    const nothing: Partial<Outcome> = { changes: [], refused: undefined };
    const taken: Partial<Outcome> = { changes: [], refused: 'ClusterTaken' };
    const made: Partial<Outcome> = {
      changes: [`CreateDBCluster ${clusterName}`, ...protectedOnce],
      refused: undefined,
    };

    test.each(
      cellsOf({
        'there is no cluster': [made, made, made],
        'it is protected': [nothing, nothing, nothing],
        'it is unprotected': [once, once, once],
        'it is not ours': [taken, taken, taken],
      }),
    )('when %s, and the journal has %s: %j', async (state, journal, expected) => {
      const worlds = {
        ...found,
        'it is protected': () => protect(withCluster()),
        'it is unprotected': () => withCluster(),
      };
      const rds = worlds[state]();
      expect(await attempt(createCluster(rds), rds, 'run', recordedAs(journal, intent))).toMatchObject(
        expected,
      );
    });
  });

  describe('about DeleteDBCluster, to undo', () => {
    const intent = { call: 'rds:DeleteDBCluster', key: clusterName };
    const lifted = [`ModifyDBCluster ${clusterName}`, `DeleteDBCluster ${clusterName}`];
    const deleted: Partial<Outcome> = { changes: lifted, refused: undefined, notes: [] };
    const nothing: Partial<Outcome> = { changes: [], refused: undefined, notes: [] };
    const leftAlone: Partial<Outcome> = {
      ...nothing,
      notes: [`the cluster ${clusterName} does not carry this run's tag and is left alone`],
    };

    test.each(
      cellsOf({
        'there is no cluster': [nothing, nothing, nothing],
        'it is ours and as asked': [deleted, deleted, deleted],
        'it is ours and differs': [deleted, deleted, deleted],
        'it is not ours': [leftAlone, leftAlone, leftAlone],
      }),
    )('when %s, and the journal has %s: %j', async (state, journal, expected) => {
      const rds = protect(found[state]());
      expect(await attempt(createCluster(rds), rds, 'undo', recordedAs(journal, intent))).toEqual(expected);
    });

    test('one that is being deleted already is waited for', async () => {
      const rds = withCluster();
      for (const [name, one] of rds.clusters) rds.clusters.set(name, { ...one, status: 'deleting' });
      expect(await attempt(createCluster(rds), rds, 'undo', [])).toEqual(nothing);
    });

    test('one that still has instances is not touched, and they are named', async () => {
      const rds = withCluster();
      rds.addWriter({ identifier: 'reader', clusterIdentifier: clusterName, tags: {} });
      expect(await attempt(createCluster(rds), rds, 'undo', [])).toMatchObject({
        ...{ changes: [], refused: 'ClusterHasMembers' },
      });
    });
  });
});

describe('create-writer decides', () => {
  const add = (clusterIdentifier: string, tags: Readonly<Record<string, string>>) => {
    const rds = withCluster();
    rds.addWriter({ identifier: writerName, clusterIdentifier, tags });
    return rds;
  };
  const found = {
    'there is no instance': () => withCluster(),
    'it is ours and as asked': () => add(clusterName, ours),
    'it is ours and of another cluster': () => add('another-cluster', ours),
    'it is not ours': () => add(clusterName, theirs),
  };
  const nothing: Partial<Outcome> = { changes: [], refused: undefined, notes: [] };

  describe('about CreateDBInstance', () => {
    const intent = { call: 'rds:CreateDBInstance', key: writerName };
    const made: Partial<Outcome> = { ...nothing, changes: [`CreateDBInstance ${writerName}`] };
    const differs: Partial<Outcome> = { ...nothing, refused: 'WriterDiffers' };
    const taken: Partial<Outcome> = { ...nothing, refused: 'InstanceTaken' };

    test.each(
      cellsOf({
        'there is no instance': [made, made, made],
        'it is ours and as asked': [nothing, nothing, nothing],
        'it is ours and of another cluster': [differs, differs, differs],
        'it is not ours': [taken, taken, taken],
      }),
    )('when %s, and the journal has %s: %j', async (state, journal, expected) => {
      const rds = found[state]();
      expect(await attempt(createWriter(rds), rds, 'run', recordedAs(journal, intent))).toEqual(expected);
    });

    test.each(['incompatible-network', 'insufficient-capacity'])(
      'one of ours that is %s for good is deleted and made again',
      async (status) => {
        const rds = add(clusterName, ours);
        for (const [name, one] of rds.instances) rds.instances.set(name, { ...one, status });
        expect(await attempt(createWriter(rds), rds, 'run', [])).toMatchObject({
          refused: undefined,
          changes: [`DeleteDBInstance ${writerName}`, `CreateDBInstance ${writerName}`],
        });
      },
    );

    test('when somebody takes the name between the look and the call, their instance is left alone', async () => {
      const rds = found['it is not ours']();
      let looks = 0;
      const findInstance = (name: string) =>
        (looks += 1) === 1 ? Promise.resolve(undefined) : rds.gateway.findInstance(name);
      const step = seal(createCreateWriter({ rds: { ...rds.gateway, findInstance }, waits: rds.waits }));
      expect(await attempt(step, rds, 'run', [])).toEqual({ ...nothing, refused: 'InstanceTaken' });
    });
  });

  describe('about DeleteDBInstance, to undo', () => {
    const intent = { call: 'rds:DeleteDBInstance', key: writerName };
    const deleted: Partial<Outcome> = { ...nothing, changes: [`DeleteDBInstance ${writerName}`] };
    const leftAlone: Partial<Outcome> = {
      ...nothing,
      notes: [`the instance ${writerName} does not carry this run's tag and is left alone`],
    };

    test.each(
      cellsOf({
        'there is no instance': [nothing, nothing, nothing],
        'it is ours and as asked': [deleted, deleted, deleted],
        'it is ours and of another cluster': [deleted, deleted, deleted],
        'it is not ours': [leftAlone, leftAlone, leftAlone],
      }),
    )('when %s, and the journal has %s: %j', async (state, journal, expected) => {
      const rds = found[state]();
      expect(await attempt(createWriter(rds), rds, 'undo', recordedAs(journal, intent))).toEqual(expected);
    });

    test.each(['creating', 'deleting'])('one that is %s is waited for', async (status) => {
      const rds = add(clusterName, ours);
      for (const [name, one] of rds.instances) rds.instances.set(name, { ...one, status });
      const { changes, refused } = await attempt(createWriter(rds), rds, 'undo', []);
      expect([changes, refused]).toEqual([status === 'deleting' ? [] : deleted.changes, undefined]);
    });
  });
});
