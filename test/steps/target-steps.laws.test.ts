import type { z } from 'zod';
import type { configSchema } from '../../src/config/schema.js';
import { seal } from '../../src/pipeline/seal.js';
import { fingerprintFormat } from '../../src/postgres/fingerprint.js';
import type { Fingerprint } from '../../src/postgres/fingerprint.js';
import { createPrepareTarget } from '../../src/steps/prepare-target.js';
import { createRestoreDatabase } from '../../src/steps/restore-database.js';
import { markerOf } from '../../src/steps/target-database.js';
import { createStreamDatabase } from '../../src/steps/stream-database.js';
import { createFakeStreams } from '../fakes/fake-streams.js';
import { FakeTargetServer } from '../fakes/fake-target-server.js';
import { describeStepLaws } from '../laws/step-laws.js';
import type { LawWorld } from '../laws/step-laws.js';
import { lawConfig, lawEarlier } from './data-law-inputs.js';

type Config = z.output<typeof configSchema>;
const marker = markerOf('law-000000');

function prepareWorld(found?: {
  readonly comment: string | null;
  readonly collate: string;
}): LawWorld<Config> {
  const server = new FakeTargetServer();
  if (found !== undefined) server.databases.set('ragdb', { ...found, contents: [], applied: [] });
  return {
    step: seal(createPrepareTarget({ target: server.createGateway() })),
    config: lawConfig,
    earlier: lawEarlier,
    snapshot: () => server.snapshot(),
    mutations: () => [...server.mutations],
    tamper: () => {
      server.database('ragdb').comment = 'somebody else';
    },
  };
}

describeStepLaws('prepare-target, into a database that has to be made', () => prepareWorld());
describeStepLaws('prepare-target, into an empty database', () =>
  prepareWorld({ comment: 'mine', collate: 'C' }),
);
describeStepLaws('prepare-target, into an empty database with another locale', () =>
  prepareWorld({ comment: 'mine', collate: 'en_US.UTF-8' }),
);
describeStepLaws('prepare-target, into one with another locale and no comment', () =>
  prepareWorld({ comment: null, collate: 'en_US.UTF-8' }),
);

describeStepLaws('restore-database', () => {
  const server = new FakeTargetServer();
  server.databases.set('ragdb', { comment: marker, contents: [], applied: ['vector', 'setting'] });
  const gateway = server.createGateway();
  return {
    step: seal(
      createRestoreDatabase({
        target: gateway,
        restores: server.createRestores(),
        dumps: { check: () => Promise.resolve() },
        sizeRestore: () => ({
          maintenanceWorkMemBytes: 1,
          parallelMaintenanceWorkers: 1,
          parallelWorkersOfJob: 0,
        }),
        defaultJobs: 2,
        files: {
          write: () => Promise.resolve(''),
          read: () => Promise.resolve({ text: '', sha256: 'hash' }),
          pathOf: (name) => name,
        },
        fingerprints: { parse: () => emptyFingerprint },
      }),
    ),
    config: lawConfig,
    earlier: lawEarlier,
    snapshot: () => server.snapshot(),
    mutations: () => [...server.mutations],
    tamper: () => {
      server.database('ragdb').contents = [];
    },
  };
});

describeStepLaws('stream-database', () => {
  const server = new FakeTargetServer();
  server.databases.set('ragdb', { comment: marker, contents: [], applied: ['vector', 'setting'] });
  let plan: string | undefined;
  return {
    step: seal(
      createStreamDatabase({
        target: server.createGateway(),
        restores: server.createRestores(),
        dumps: { check: () => Promise.resolve() },
        streams: createFakeStreams(server),
        sizeRestore: () => ({
          maintenanceWorkMemBytes: 1,
          parallelMaintenanceWorkers: 1,
          parallelWorkersOfJob: 0,
        }),
        defaultJobs: 1,
        files: {
          write: (_name, text) => {
            plan = text;
            return Promise.resolve('hash');
          },
          read: (name) =>
            Promise.resolve(
              name === 'fingerprint.json'
                ? { text: '', sha256: 'hash' }
                : plan === undefined
                  ? undefined
                  : { text: plan, sha256: 'hash' },
            ),
          pathOf: (name) => name,
        },
        fingerprints: { parse: () => emptyFingerprint },
      }),
    ),
    config: lawConfig,
    earlier: lawEarlier,
    snapshot: () => server.snapshot(),
    mutations: () => [...server.mutations],
    tamper: () => {
      server.database('ragdb').contents = [];
    },
  };
});

const emptyFingerprint: Fingerprint = {
  format: fingerprintFormat,
  serverVersion: '17.7',
  serverVersionNumber: 170007,
  database: 'ragdb',
  mode: 'checksum',
  sections: {},
  contents: [],
  sequences: [],
  largeObjects: { count: '0', bytes: '0', checksum: '' },
  vectors: [],
};
