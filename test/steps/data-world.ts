import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Effect, Intent, PlanIo, RecordedIntent, Step, StepIo } from '../../src/pipeline/step.js';
import { createDumpGateway } from '../../src/postgres/dump-gateway.js';
import { createFingerprintGateway } from '../../src/postgres/fingerprint-gateway.js';
import { createRestoreGateway } from '../../src/postgres/restore-gateway.js';
import { sizeRestore } from '../../src/postgres/restore-settings.js';
import { createSessions } from '../../src/postgres/session.js';
import { createStatisticsGateway } from '../../src/postgres/statistics-gateway.js';
import { createStreamGateway } from '../../src/postgres/stream/stream-gateway.js';
import { createTargetGateway } from '../../src/postgres/target-gateway.js';
import { createClientLogin } from '../../src/process/client-login.js';
import { createRunFiles } from '../../src/process/run-files.js';
import { readZoo } from '../fixtures/zoo-of.js';
import { findClients, readMasterPassword, startPostgresServer } from '../postgres-server.js';

export type DataWorld = Awaited<ReturnType<typeof openDataWorld>>;

/** One of everything. */
const zoo = ['schema-zoo.sql', 'schema-zoo-rare.sql'];

/** A source with what is in these files, an empty target server, and all that the data steps are made from. */
export async function openDataWorld(targetMajor = 17, files: readonly string[] = zoo, sourceMajor = 17) {
  const [source, target] = await Promise.all([
    startPostgresServer({ major: sourceMajor }),
    startPostgresServer({ major: targetMajor }),
  ]);
  const directory = await mkdtemp(join(tmpdir(), 'rds2aurora-run-'));
  await source.createDatabase('zoo');
  for (const file of files) await source.asMaster('zoo', await readZoo(file, sourceMajor));
  const login = {
    readPassword: readMasterPassword,
    readCa: () => Promise.resolve([source.ca, target.ca]),
    applicationName: 'rds2aurora/zoo-run',
  };
  const sessions = createSessions(login);
  const clientLogin = createClientLogin({ ...login, directory: join(directory, 'logins') });
  const gateways = {
    fingerprints: createFingerprintGateway(sessions, 2),
    files: createRunFiles(directory),
    dumps: createDumpGateway(sessions, clientLogin, 50),
    restores: createRestoreGateway(sessions, clientLogin, 50, { leastBytes: 0, leastShare: 0 }),
    target: createTargetGateway(sessions),
    streams: createStreamGateway(sessions, clientLogin),
    statistics: createStatisticsGateway(sessions),
    sizeRestore,
    defaultJobs: 2,
  };
  return {
    source,
    target,
    directory,
    gateways,
    sessions,
    clientLogin,
    clients: await findClients(),
    servers: { source: source.database('zoo'), target: target.database('zoo') },
    close: async () => {
      await Promise.all([source.stop(), target.stop()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface TestIo extends StepIo {
  readonly notes: string[];
  readonly record: RecordedIntent[];
}

/** Lends what the engine lends. `record` holds what earlier attempts left in the journal. */
export function openIo(record: RecordedIntent[] = [], runId = 'zoo-1'): TestIo {
  const notes: string[] = [];
  const mutate = async <T>(
    intent: Intent,
    call: () => Promise<T>,
    effect?: (result: T) => Effect,
  ): Promise<T> => {
    const index = record.push({ ...intent }) - 1;
    const result = await call();
    record[index] = { ...intent, effect: effect?.(result) ?? {} };
    return result;
  };
  return {
    notes,
    record,
    runId,
    stepId: 'test',
    signal: new AbortController().signal,
    clock: {
      now: () => new Date(0),
      monotonicMs: () => performance.now(),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
    note: (text) => notes.push(text),
    progress: () => undefined,
    observed: () => undefined,
    mutate,
    intents: () => record,
  };
}

/** Runs and verifies, the output having taken a trip through JSON as in the journal. */
export async function finish<In, Out, Config>(
  step: Step<In, Out, Config>,
  input: In,
  io: StepIo & PlanIo = openIo(),
): Promise<Out> {
  const output = step.output.parse(JSON.parse(JSON.stringify(await step.run(io, input))));
  await step.verify(io, input, output);
  return output;
}
