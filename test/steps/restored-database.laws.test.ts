import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/schema.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import { createLiftReadOnly } from '../../src/steps/lift-read-only.js';
import { createSetMasterPassword } from '../../src/steps/set-master-password.js';
import { createUpdateExtensions } from '../../src/steps/update-extensions.js';
import { FakeRestoredDatabase } from '../fakes/fake-restored-database.js';
import { describeStepLaws, type LawWorld } from '../laws/step-laws.js';
import { lawConfig, lawEarlier } from './data-law-inputs.js';
import { createStepIo } from './step-harness.js';

const paused = {
  application: null,
  database: { previousDefaultReadOnly: null, sessionsEnded: 0 },
  pausedAt: '2026-01-01T00:00:00.000Z',
  lsn: '0/0',
};

function worldOf(
  make: (database: FakeRestoredDatabase) => SealedStep<Config>,
  tamper: (database: FakeRestoredDatabase) => void,
): LawWorld<Config> {
  const database = new FakeRestoredDatabase();
  return {
    step: make(database),
    config: lawConfig,
    earlier: { ...lawEarlier, 'pause-writers': paused },
    snapshot: () => database.snapshot(),
    mutations: () => [...database.mutations],
    tamper: () => {
      tamper(database);
    },
  };
}

const secret = {
  arn: 'arn',
  name: 'secret',
  rotationEnabled: false,
  deletedAt: undefined,
  stages: {},
  current: '1',
};

const makeSetPassword = (database: FakeRestoredDatabase, deletedAt?: Date) =>
  createSetMasterPassword({
    rds: database.rds,
    restored: database.gateway,
    secrets: { findSecret: () => Promise.resolve({ ...secret, deletedAt }) },
    waits: {
      untilClusterAvailable: () => Promise.resolve(undefined as never),
      untilInstanceAvailable: () => Promise.resolve(undefined as never),
    },
  });

describeStepLaws('set-master-password', () =>
  worldOf(
    (database) => seal(makeSetPassword(database)),
    (database) => {
      database.passwordIsSet = false;
    },
  ),
);
describeStepLaws('update-extensions', () =>
  worldOf(
    (database) => seal(createUpdateExtensions({ restored: database.gateway })),
    (database) => database.outdated.push({ name: 'hstore', from: '1.7', to: '1.8' }),
  ),
);
describeStepLaws('lift-read-only', () =>
  worldOf(
    (database) => seal(createLiftReadOnly({ restored: database.gateway })),
    (database) => {
      database.readOnly = 'on';
    },
  ),
);

describe('set-master-password', () => {
  const input = {
    cluster: 'production-rag-cluster',
    instance: 'production-rag-instance',
    server: lawEarlier['await-target'].server,
  };

  test('a password that is right already is not set again', async () => {
    const database = new FakeRestoredDatabase();
    database.passwordIsSet = true;
    const { io, calls } = createStepIo('law-000000', 'set-master-password');
    await makeSetPassword(database).run(io, input);
    expect(calls()).toEqual([]);
  });

  test('a secret that was deleted meanwhile ends the run before anything is set', async () => {
    const database = new FakeRestoredDatabase();
    const { io, calls } = createStepIo('law-000000', 'set-master-password');
    await expect(makeSetPassword(database, new Date(0)).run(io, input)).rejects.toMatchObject({
      code: 'SecretNotFound',
    });
    expect(calls()).toEqual([]);
  });
});
