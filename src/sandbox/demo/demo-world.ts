import { createWriteStream } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { caFileName } from '../sandbox-environment.js';
import { startSandbox, type Sandbox } from '../sandbox.js';
import { ledgerFileName } from '../scenario-images.js';
import { deployScenario } from '../scenario/deploy-scenario.js';
import { readLedger } from '../scenario/ledger.js';

const example = fileURLToPath(new URL('../../../examples/production-rag', import.meta.url));

/** A sandbox with the scenario in it, and a project that wants to move its database. */
export interface DemoWorld {
  readonly sandbox: Sandbox;
  /** A copy of examples/production-rag. */
  readonly project: string;
  readonly caFile: string;
  readonly ledgerFile: string;
  readonly logFile: string;
  /** Ends everything and leaves nothing behind. */
  end(): Promise<void>;
}

export interface WorldOptions {
  readonly speed: number;
  readonly scale: number;
  readonly log: (line: string) => void;
}

/** Starts the sandbox and copies the project; the scenario comes with `fillWorld`, so that it can be ended before. */
export async function createDemoWorld({ speed }: WorldOptions): Promise<DemoWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'rds2aurora-demo-'));
  const project = join(folder, 'production-rag');
  const directory = join(folder, 'sandbox');
  await cp(example, project, { recursive: true });
  const logFile = join(folder, 'sandbox.log');
  const output = createWriteStream(logFile, { mode: 0o600 });
  const sandbox = await startSandbox({ speed, directory, log: (line) => output.write(`${line}\n`) });
  return {
    sandbox,
    project,
    logFile,
    caFile: join(directory, caFileName),
    ledgerFile: join(directory, ledgerFileName),
    end: async () => {
      await sandbox.stop();
      await new Promise<void>((resolve) => {
        output.end(resolve);
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const lookMs = 200;

/** Deploys the scenario and waits until its application writes. */
export async function fillWorld(
  world: DemoWorld,
  { scale, log }: WorldOptions,
  signal: AbortSignal,
): Promise<void> {
  const { sandbox, caFile } = world;
  await deployScenario(sandbox.call, { caFile, size: { scale }, log });
  log('waiting until the application writes');
  await waitForWrites(world, 20, signal);
}

/** Waits until the ledger holds `count` entries. */
export async function waitForWrites(world: DemoWorld, count: number, signal: AbortSignal): Promise<void> {
  while ((await readLedger(world.ledgerFile)).length < count) await sleep(lookMs, undefined, { signal });
}
