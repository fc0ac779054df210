import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { parseDocument, type Document } from 'yaml';
import { envelopeSchema } from '../../src/cli/envelope-schema.js';
import type { JournalRecord } from '../../src/journal/record.js';
import { listRuns } from '../../src/journal/runs.js';
import { readJournal } from '../../src/journal/read.js';
import type { CallRecord } from '../../src/sandbox/call-record.js';
import { caFileName } from '../../src/sandbox/sandbox-environment.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { ledgerFileName } from '../../src/sandbox/scenario-images.js';
import { deployScenario } from '../../src/sandbox/scenario/deploy-scenario.js';
import { readLedger, type LedgerEntry } from '../../src/sandbox/scenario/ledger.js';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** How the target is deployed; `in-place` modes put it into the source's own stack. */
export type DeployMode = 'api' | 'template' | 'command-in-place' | 'template-in-place';

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A sandbox with the scenario, and a project that wants to move its database. */
export interface World {
  readonly sandbox: Sandbox;
  /** A copy of examples/production-rag. */
  readonly project: string;
  readonly caFile: string;
  ledger(): Promise<LedgerEntry[]>;
  /** Runs the compiled program in the project, as its user would. */
  cli(args: readonly string[], options?: CliOptions): Promise<Ended>;
  end(): Promise<void>;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called with the process, once it runs. */
  readonly started?: (child: ChildProcess) => void;
}

export interface WorldOptions {
  readonly mode: DeployMode;
  readonly speed?: number;
  /** Of RDS for PostgreSQL; default: what the template names. */
  readonly sourceVersion?: string;
}

/** Starts the sandbox, deploys the scenario at its smallest, and waits until its application writes. */
export async function createWorld({ mode, speed = 5000, sourceVersion }: WorldOptions): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'rds2aurora-e2e-'));
  const directory = join(folder, 'sandbox');
  const project = await copyProject(join(folder, 'project'), mode);
  const sandbox = await startSandbox({ speed, directory });
  const caFile = join(directory, caFileName);
  const world: World = {
    sandbox,
    project,
    caFile,
    ledger: () => readLedger(join(directory, ledgerFileName)),
    cli: (args, options = {}) =>
      runProgram(project, args, { ...sandbox.env, ...options.env }, options.started),
    end: async () => {
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await deployScenario(sandbox.call, {
      ...{ caFile, size: { scale: 0.1, dimensions: 8 } },
      ...(sourceVersion === undefined ? {} : { engineVersion: sourceVersion }),
    });
    await untilWrites(world, 5);
    return world;
  } catch (error) {
    await world.end();
    throw error;
  }
}

/** A fresh project; a world may serve several. */
export async function copyProject(project: string, mode: DeployMode): Promise<string> {
  await cp(join(projectRoot, 'examples', 'production-rag'), project, { recursive: true });
  await editConfig(project, (config) => {
    setMode(config, mode);
  });
  return project;
}

export async function editConfig(project: string, edit: (config: Document) => void): Promise<void> {
  const file = join(project, 'rds2aurora.yaml');
  const config = parseDocument(await readFile(file, 'utf8'));
  edit(config);
  await writeFile(file, config.toString());
}

function setMode(config: Document, mode: DeployMode): void {
  if (mode === 'template') return;
  if (mode === 'api') config.deleteIn(['target', 'stack']);
  else config.setIn(['target', 'stack'], 'production-rag-stack');
  const template = 'infrastructure/production.yaml';
  const command = ['./infrastructure/scripts/deploy.sh', 'production', 'us-east-1'];
  const deploys = {
    api: { api: true },
    'template-in-place': { template, capabilities: ['CAPABILITY_IAM'] },
    'command-in-place': { command, commandTemplate: template },
  };
  config.setIn(['target', 'deploy'], config.createNode(deploys[mode]));
}

/** Waits until the application has written `more` than it had when asked. */
export async function untilWrites(world: World, more: number): Promise<void> {
  const wanted = (await world.ledger()).length + more;
  await until(`${more} more writes`, async () => (await world.ledger()).length >= wanted);
}

/** Also outside of tests, where expect.poll may not be used. @throws Error after two minutes */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(100);
  }
}

export function runProgram(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  started?: (child: ChildProcess) => void,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(projectRoot, 'bin', 'run.js'), ...args], {
      cwd,
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      resolve({ exitCode, signal, stdout, stderr });
    });
    started?.(child);
  });
}

/** Fails with everything the program said when it did not end with `exitCode`. */
export function expectExit(ended: Ended, exitCode: number): void {
  const said = `${ended.stdout}\n${ended.stderr}`;
  expect(ended.exitCode, `${String(ended.signal)} ${said}`).toBe(exitCode);
}

/** The one envelope that a command prints under `--json`. */
export function envelopeOf({ stdout }: Ended): ReturnType<typeof envelopeSchema.parse> {
  return envelopeSchema.parse(JSON.parse(stdout));
}

/** The records of the newest run; read as the program reads them, so a journal that is not whole fails here. */
export function journalOf(project: string): readonly JournalRecord[] {
  const [newest] = listRuns(join(project, '.rds2aurora'));
  return newest === undefined ? [] : readJournal(join(newest.directory, 'journal.jsonl')).records;
}

export function mutatingCalls(world: World, since = 0): CallRecord[] {
  return world.sandbox.calls().filter(({ mutating, seq }) => mutating && seq > since);
}
