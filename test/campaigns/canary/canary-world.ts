import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { connect } from '../../../src/sandbox/scenario/conversation-store.js';
import { readDatabaseAddress } from '../../../src/sandbox/scenario/deploy-scenario.js';
import { quoteIdentifier, quoteLiteral } from '../../../src/postgres/identifier.js';
import { createWorld, until, untilWrites, type Ended, type World } from '../../e2e/harness.js';
import { findForms, type Canary } from './canary.js';
import { watchProcesses } from './process-watch.js';
import { findInFiles } from './sinks.js';

const secretId = 'production-rag-db-password';
const application = { cluster: 'production-rag', service: 'rag' };
const document = z.looseObject({ password: z.string() });
export const clientPrograms = ['pg_dump', 'pg_restore', 'psql'] as const;

/** When a process is killed: while this program of its runs with a password file. */
export type KillDuring = (typeof clientPrograms)[number];

export interface CanaryWorld {
  readonly world: World;
  /** Files may hold the canary in these, by name and mode, besides the password file of a process that lives. */
  allowed: readonly { readonly name: RegExp; readonly mode: number }[];
  /** Runs the program, looks into everything meanwhile and afterwards, and tells each leak. */
  run(canary: Canary, args: readonly string[], options?: RunOptions): Promise<Looked>;
  end(): Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly killDuring?: KillDuring;
}

export interface Looked extends Ended {
  readonly leaks: readonly string[];
  readonly seen: ReadonlySet<string>;
  readonly samples: number;
  readonly processes: number;
  /** Password files seen while the program ran. */
  readonly passfiles: number;
}

export async function createCanaryWorld(): Promise<CanaryWorld> {
  const world = await createWorld({ mode: 'api' });
  const temporary = await mkdtemp(join(tmpdir(), 'rds2aurora-canary-'));
  const self: CanaryWorld = {
    world,
    allowed: [],
    run: (canary, args, options = {}) => run(self, temporary, canary, args, options),
    end: async () => {
      await world.end();
      await rm(temporary, { recursive: true, force: true });
    },
  };
  return self;
}

async function run(
  { world, allowed }: CanaryWorld,
  temporary: string,
  canary: Canary,
  args: readonly string[],
  { env = {}, killDuring }: RunOptions,
): Promise<Looked> {
  const events = join(world.project, 'events.jsonl');
  const runs = join(world.project, '.rds2aurora', 'runs');
  const leaks = new Set<string>();
  const passfiles = new Set<string>();
  let child: ChildProcess | undefined;
  const watch = watchProcesses(canary, { programs: clientPrograms, folder: world.project }, () => {
    for (const { path, mode, folderMode } of listPassfiles(runs)) {
      passfiles.add(path);
      if (mode !== 0o600 || folderMode !== 0o700)
        leaks.add(`password file with mode ${mode.toString(8)} in a folder with ${folderMode.toString(8)}`);
    }
    const isTime = killDuring !== undefined && watch.seen.has(killDuring) && listPassfiles(runs).length > 0;
    if (isTime) child?.kill('SIGKILL');
  });
  mkdirSync(temporary, { recursive: true });
  const tells = ['migrate', 'resume', 'rollback'].includes(args[0] ?? '') ? ['--events', events] : [];
  const ended = await world.cli([...args, ...tells], {
    env: { TMPDIR: temporary, ...env },
    started: (process) => (child = process),
  });
  watch.stop();
  for (const [name, text] of Object.entries({ stdout: ended.stdout, stderr: ended.stderr }))
    for (const form of findForms(canary, text)) leaks.add(`${name} (${form})`);
  for (const { file, mode } of [world.project, temporary].flatMap((folder) => findInFiles(canary, folder))) {
    const isLeft = ended.signal === 'SIGKILL' && file.endsWith('/passfile') && mode === 0o600;
    const isAllowed = allowed.some((one) => one.name.test(file) && one.mode === mode);
    if (!isLeft && !isAllowed) leaks.add(`file ${file} with mode ${mode.toString(8)}`);
  }
  for (const form of findForms(canary, JSON.stringify(world.sandbox.calls())))
    leaks.add(`the sandbox's record of calls (${form})`);
  return {
    ...{ ...ended, leaks: [...leaks, ...watch.leaks], seen: watch.seen },
    ...{ samples: watch.samples(), processes: watch.processes(), passfiles: passfiles.size },
  };
}

function listPassfiles(runs: string): { path: string; mode: number; folderMode: number }[] {
  return listNames(runs).flatMap((id) =>
    listNames(join(runs, id, 'logins')).flatMap((login) => {
      const folder = join(runs, id, 'logins', login);
      try {
        const path = join(folder, 'passfile');
        return [{ path, mode: statSync(path).mode & 0o777, folderMode: statSync(folder).mode & 0o777 }];
      } catch {
        return [];
      }
    }),
  );
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Gives the source another password, by RDS or, where RDS would refuse it, by SQL; the secret and the application follow. */
export async function changePassword(world: World, password: string, way: 'rds' | 'sql'): Promise<void> {
  const { call } = world.sandbox;
  const desired = (desiredCount: number) => call('ecs', 'UpdateService', { ...application, desiredCount });
  await desired(0);
  if (way === 'rds') await resetByRds(world, password);
  else await resetBySql(world, password);
  const { SecretString } = await call('secretsmanager', 'GetSecretValue', { SecretId: secretId });
  const changed = { ...document.parse(JSON.parse(String(SecretString))), password };
  await call('secretsmanager', 'PutSecretValue', {
    SecretId: secretId,
    SecretString: JSON.stringify(changed),
  });
  await desired(1);
  await untilWrites(world, 2);
}

async function resetByRds({ sandbox: { call } }: World, MasterUserPassword: string): Promise<void> {
  const instance = { DBInstanceIdentifier: 'production-rag-db' };
  await call('rds', 'ModifyDBInstance', { ...instance, MasterUserPassword, ApplyImmediately: true });
  await until('the new password', async () => {
    const found = JSON.stringify(await call('rds', 'DescribeDBInstances', instance));
    return found.includes('"DBInstanceStatus":"available"') && !found.includes('****');
  });
}

async function resetBySql(world: World, password: string): Promise<void> {
  const address = await readDatabaseAddress(world.sandbox.call, world.caFile);
  const client = await connect(address);
  try {
    await client.query(`ALTER ROLE ${quoteIdentifier(address.user)} PASSWORD ${quoteLiteral(password)}`);
  } finally {
    await client.end();
  }
}
