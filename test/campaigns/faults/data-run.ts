import { join } from 'node:path';
import { configSchema, type Config } from '../../../src/config/schema.js';
import { createRun, openRun, type OpenRun, type RunDeps } from '../../../src/journal/run.js';
import { runPath } from '../../../src/pipeline/run-path.js';
import { seal, type SealedStep } from '../../../src/pipeline/seal.js';
import type { StepRef } from '../../../src/pipeline/step.js';
import { createDumpGateway } from '../../../src/postgres/dump-gateway.js';
import { createFingerprintGateway } from '../../../src/postgres/fingerprint-gateway.js';
import { createRestoreGateway } from '../../../src/postgres/restore-gateway.js';
import { sizeRestore } from '../../../src/postgres/restore-settings.js';
import { createSessions } from '../../../src/postgres/session.js';
import type { StallSettings } from '../../../src/postgres/stall-judge.js';
import { createStatisticsGateway } from '../../../src/postgres/statistics-gateway.js';
import { createStreamGateway } from '../../../src/postgres/stream/stream-gateway.js';
import { createTargetGateway } from '../../../src/postgres/target-gateway.js';
import { createClientLogin } from '../../../src/process/client-login.js';
import type { PostgresClients } from '../../../src/process/postgres-clients.js';
import { createRunFiles } from '../../../src/process/run-files.js';
import { createAnalyzeTarget } from '../../../src/steps/analyze-target.js';
import { createDumpDatabase } from '../../../src/steps/dump-database.js';
import { createFingerprintSource } from '../../../src/steps/fingerprint-source.js';
import { createPrepareTarget } from '../../../src/steps/prepare-target.js';
import { awaitTarget, checkReadiness } from '../../../src/steps/refs.js';
import type { ServerRef } from '../../../src/steps/refs.js';
import { createRestoreDatabase } from '../../../src/steps/restore-database.js';
import { createStreamDatabase } from '../../../src/steps/stream-database.js';
import { createVerifyData } from '../../../src/steps/verify-data.js';
import { readMasterPassword } from '../../postgres-server.js';

/** So that a database of a few megabytes has parts, batches and builds. */
const partSizes = {
  ...{ partBytes: 512 << 10, leastPartBytes: 512 << 10 },
  ...{ smallBytes: 64 << 10, batchBytes: 256 << 10 },
};

export type Engine = 'archive' | 'stream';

export interface DataRunSettings {
  readonly engine: Engine;
  readonly source: ServerRef;
  readonly target: ServerRef;
  readonly clients: PostgresClients;
  /** PEM. */
  readonly trusted: readonly string[];
  readonly stall: StallSettings;
  /** Where journals are. */
  readonly root: string;
  /** Where dumps go; default: the folder of the run. */
  readonly dumps?: string | undefined;
}

/** The data steps of `migrate dump-restore`, by the real engine and the real journal; only AWS is left out. */
export interface DataRun {
  /** Begins, or goes on. Gives what it failed with. */
  go(): Promise<unknown>;
  readonly directory: string;
  isFinished(): boolean;
  /** Steps that have finished, in order. */
  finished(): readonly string[];
}

export function createDataRun(settings: DataRunSettings): DataRun {
  const config = makeConfig(settings);
  const deps: RunDeps = {
    ...{ root: settings.root, command: 'rds2aurora test', toolVersion: '0', now: () => new Date() },
  };
  const plan = { name: 'faults', path: 'data', config, source: 'source', target: 'target' };
  const first = createRun(deps, { ...plan, steps: makeSteps(settings, '') }, Math.random);
  const { id, directory } = first;
  first.close();
  const withRun = async <T>(work: (run: OpenRun) => Promise<T>): Promise<T> => {
    const run = openRun(deps, id);
    try {
      return await work(run);
    } finally {
      run.close();
    }
  };
  let [isFinished, finished] = [false, [] as string[]];
  return {
    directory,
    isFinished: () => isFinished,
    finished: () => finished,
    go: () =>
      withRun(async (run) => {
        const steps = makeSteps(settings, directory);
        const context = {
          run,
          steps,
          config,
          signal: new AbortController().signal,
          clock,
          emit: () => undefined,
        };
        const error = await runPath(context).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        const state = run.state();
        isFinished = state.outcome === 'finished';
        finished = state.steps.filter(({ status }) => status === 'verified').map((step) => step.id);
        return error;
      }),
  };
}

const clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)),
};

function makeConfig({ engine, dumps }: DataRunSettings): Config {
  return configSchema.parse({
    name: 'faults',
    region: 'us-east-1',
    engine,
    source: { instance: 'source', database: 'moved', user: 'master', secret: 'master-secret' },
    target: { cluster: 'cluster', instance: 'writer', deploy: { api: true } },
    dump: { jobs: 2, ...(dumps === undefined ? {} : { directory: dumps }) },
  });
}

function makeSteps(settings: DataRunSettings, directory: string): readonly SealedStep<Config>[] {
  const { engine, stall } = settings;
  const login = {
    readPassword: readMasterPassword,
    readCa: () => Promise.resolve(settings.trusted),
    applicationName: 'rds2aurora/faults-run',
  };
  const sessions = createSessions({ ...login, stall, connectTimeoutMs: 2 * stall.limitMs });
  const clientLogin = createClientLogin({ ...login, directory: join(directory, 'logins') });
  const reading = {
    fingerprints: createFingerprintGateway(sessions, 2),
    files: createRunFiles(directory),
  };
  const target = createTargetGateway(sessions);
  const dumps = createDumpGateway(sessions, clientLogin, 200);
  const restoring = {
    ...{ ...reading, target, sizeRestore, dumps, defaultJobs: 2 },
    restores: createRestoreGateway(sessions, clientLogin, 200),
  };
  const contents = engine === 'stream' ? ('definitions' as const) : ('all' as const);
  return [
    given(checkReadiness, readinessOf(settings)),
    given(awaitTarget, targetOf(settings)),
    seal(createFingerprintSource(reading)),
    seal(createDumpDatabase({ ...reading, dumps, contents, defaultJobs: 2 })),
    seal(createPrepareTarget({ target })),
    engine === 'stream'
      ? seal(
          createStreamDatabase({
            ...restoring,
            streams: createStreamGateway(sessions, clientLogin, partSizes),
          }),
        )
      : seal(createRestoreDatabase(restoring)),
    seal(createAnalyzeTarget({ statistics: createStatisticsGateway(sessions), defaultJobs: 2 })),
    seal(createVerifyData({ ...reading, target })),
  ];
}

/** A step that AWS would have been asked for. */
function given<Out>(ref: StepRef<Out>, output: Out): SealedStep<Config> {
  return seal({
    ...ref,
    title: ref.id,
    reversal: { kind: 'nothing-to-undo' as const, because: 'it is given' },
    typicalSeconds: [0, 0] as const,
    select: () => undefined,
    plan: () => Promise.resolve({ kind: 'change' as const, effects: [] }),
    run: () => Promise.resolve(output),
    verify: () => Promise.resolve(),
  });
}

function readinessOf({ source, clients }: DataRunSettings) {
  return checkReadiness.output.parse({
    ...{ account: '1', region: 'us-east-1', callerArn: 'arn', targetEngineVersion: '17.7', clients },
    databaseBytes: 1,
    source: {
      ...{ arn: 'arn', identifier: 'source', engineVersion: '17.7', encrypted: true, kmsKeyId: null },
      ...{ subnetGroup: null, securityGroups: [], server: source },
    },
  });
}

function targetOf({ target }: DataRunSettings) {
  return awaitTarget.output.parse({
    ...{ clusterIdentifier: 'cluster', clusterArn: 'arn', instanceIdentifier: 'writer', instanceArn: 'arn' },
    ...{ engineVersion: '17.7', minAcu: 0.5, maxAcu: 1, stack: null, server: target },
  });
}
