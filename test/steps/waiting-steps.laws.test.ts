import { expect } from 'vitest';
import type { Config } from '../../src/config/schema.js';
import { seal, type SealedStep } from '../../src/pipeline/seal.js';
import { createAwaitTarget } from '../../src/steps/await-target.js';
import { createCheckReadiness } from '../../src/steps/check-readiness.js';
import { createWriteReport } from '../../src/steps/write-report.js';
import { FakeRds } from '../fakes/fake-rds.js';
import { describeStepLaws, type LawWorld } from '../laws/step-laws.js';
import { lawConfig, lawEarlier } from './data-law-inputs.js';

/** Source and target stand, and nothing of them may change. */
function makeWorld(
  open: (rds: FakeRds) => SealedStep<Config>,
  tamper: (rds: FakeRds) => void,
): LawWorld<Config> {
  const rds = new FakeRds();
  rds.addCluster({
    ...{ identifier: 'production-rag-cluster', engineVersion: '17.7', kmsKeyId: undefined },
    ...{ subnetGroup: undefined, securityGroups: [], scaling: { min: 0.5, max: 1 }, tags: {} },
  });
  rds.addWriter({
    ...{ identifier: 'production-rag-instance', clusterIdentifier: 'production-rag-cluster', tags: {} },
  });
  rds.addInstance({
    ...{ identifier: 'production-rag-db', snapshot: '', instanceClass: 'db.t4g.micro', port: 5432 },
    ...{ subnetGroup: undefined, securityGroups: [], tags: {} },
    storage: { allocatedGiB: 20, type: 'gp3', iops: 3000 },
  });
  return {
    ...{ step: open(rds), config: lawConfig, earlier: lawEarlier },
    snapshot: () => rds.snapshot(),
    mutations: () => [...rds.mutations],
    tamper: () => {
      tamper(rds);
    },
  };
}

const caller = { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/law' };
const version = { version: '17.7', status: 'available', parameterGroupFamily: 'aurora-postgresql17' };

const checkReadiness = (rds: FakeRds) =>
  seal(
    createCheckReadiness({
      sts: { getCaller: () => Promise.resolve(caller) },
      rds: rds.gateway,
      examineSource: () =>
        Promise.resolve({ found: rds.instances.get('production-rag-db') ?? expect.fail('no source') }),
      chooseTargetVersion: () => Promise.resolve({ found: { ...version, serverless: undefined } }),
      postgres: {
        chooseClients: () => Promise.resolve({ found: { major: 17, version: '17.12', binDir: '/bin' } }),
        measureDatabase: () => Promise.resolve(1_000),
      },
      checks: [{ id: 'any', title: 'Anything', find: () => Promise.resolve([]) }],
    }),
  );

describeStepLaws('check-readiness', () =>
  makeWorld(checkReadiness, (rds) => rds.instances.delete('production-rag-db')),
);

describeStepLaws('await-target', () =>
  makeWorld(
    ({ gateway, waits }) =>
      seal(
        createAwaitTarget({
          ...{ rds: gateway, waits },
          cloudFormation: { findStack: () => Promise.resolve(undefined) },
        }),
      ),
    (rds) => rds.instances.delete('production-rag-instance'),
  ),
);

describeStepLaws('write-report', () => {
  const files = new Set<string>();
  const names = ['report.md', 'report.html', 'report.json'];
  const reports = {
    write: () => {
      for (const name of names) files.add(name);
      return Promise.resolve(names);
    },
    exists: (file: string) => Promise.resolve(files.has(file)),
  };
  return {
    ...makeWorld(
      () => seal(createWriteReport(reports)),
      () => files.delete('report.html'),
    ),
    snapshot: () => [...files],
  };
});
