// A program of its own: moves the database by the steps of this project, one after the other, as a run does.
// argv: the engine, and a file that says between which servers. stdout: seconds of each step, as JSON.
import { mkdirSync, openSync, fsyncSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createDumpGateway } from '../../dist/postgres/dump-gateway.js';
import { createFingerprintGateway } from '../../dist/postgres/fingerprint-gateway.js';
import { createRestoreGateway } from '../../dist/postgres/restore-gateway.js';
import { sizeRestore } from '../../dist/postgres/restore-settings.js';
import { createSessions } from '../../dist/postgres/session.js';
import { createStreamGateway } from '../../dist/postgres/stream/stream-gateway.js';
import { createTargetGateway } from '../../dist/postgres/target-gateway.js';
import { createClientLogin } from '../../dist/process/client-login.js';
import { createRunFiles } from '../../dist/process/run-files.js';
import { createDumpDatabase } from '../../dist/steps/dump-database.js';
import { createPrepareTarget } from '../../dist/steps/prepare-target.js';
import { createRestoreDatabase } from '../../dist/steps/restore-database.js';
import { createStreamDatabase } from '../../dist/steps/stream-database.js';

const [engine, orderFile] = process.argv.slice(2);
const { source, target, clients, caFile, password, directory, jobs, maxAcu, fingerprint } = JSON.parse(
  readFileSync(orderFile, 'utf8'),
);
mkdirSync(directory, { recursive: true });
const login = {
  readPassword: () => Promise.resolve(password),
  readCa: () => Promise.resolve([readFileSync(caFile, 'utf8')]),
  applicationName: 'rds2aurora/bench',
};
const sessions = createSessions(login);
const clientLogin = createClientLogin({ ...login, directory: join(directory, 'logins') });
const gateways = {
  fingerprints: createFingerprintGateway(sessions, jobs),
  files: createRunFiles(directory),
  dumps: createDumpGateway(sessions, clientLogin),
  restores: createRestoreGateway(sessions, clientLogin),
  target: createTargetGateway(sessions),
  streams: createStreamGateway(sessions, clientLogin),
  sizeRestore,
  defaultJobs: jobs,
};
const seconds = {};

/** Every intent and every effect is on disk before it goes on, as in a journal. */
function openIo() {
  const record = [];
  const journal = openSync(join(directory, 'journal'), 'a');
  const write = (line) => {
    writeSync(journal, `${JSON.stringify(line)}\n`);
    fsyncSync(journal);
  };
  return {
    runId: 'bench',
    stepId: 'bench',
    signal: new AbortController().signal,
    clock: { now: () => new Date(), monotonicMs: () => performance.now() },
    note: () => undefined,
    progress: () => undefined,
    observed: () => undefined,
    intents: () => record,
    mutate: async (intent, call, effect) => {
      write(intent);
      const index = record.push({ ...intent }) - 1;
      const result = await call();
      record[index] = { ...intent, effect: effect?.(result) ?? {} };
      write(record[index]);
      return result;
    },
  };
}

/** Runs a step and verifies it, which a run does, too, and measures both. */
async function finish(name, step, input) {
  const started = performance.now();
  const io = openIo();
  const output = step.output.parse(JSON.parse(JSON.stringify(await step.run(io, input))));
  await step.verify(io, input, output);
  seconds[name] = (performance.now() - started) / 1000;
  return output;
}

const isStream = engine === 'stream';
const contents = isStream ? 'definitions' : 'all';
const text = readFileSync(fingerprint.file, 'utf8');
const known = { file: 'fingerprint.json', sha256: await gateways.files.write('fingerprint.json', text) };
const dump = await finish('dump', createDumpDatabase({ ...gateways, contents }), {
  ...{ server: source, clients, directory: undefined, jobs, databaseBytes: 1, fingerprint: known },
});
await finish('prepare', createPrepareTarget(gateways), { source, target });
const fill = isStream ? createStreamDatabase(gateways) : createRestoreDatabase(gateways);
await finish(isStream ? 'stream' : 'restore', fill, {
  ...{ source, isGone: false, target, clients, jobs, maxAcu, fingerprint: known },
  ...{ directory: dump.directory, manifestSha256: dump.manifestSha256 },
});
process.stdout.write(JSON.stringify(seconds));
