/**
 * The process behind `sandbox up`: gets its options as one message from its parent, reports while it starts, and then
 * lives until `sandbox down`, SIGTERM or SIGINT.
 */
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { caFileName } from '../sandbox-environment.js';
import { startSandbox, type Sandbox } from '../sandbox.js';
import { deployScenario } from '../scenario/deploy-scenario.js';
import { daemonOptionsSchema, type DaemonMessage, type DaemonOptions } from './daemon-messages.js';
import { removeSandboxFolder, writeDaemonState } from './daemon-state.js';

function tell(message: DaemonMessage): void {
  if (process.connected) process.send?.(message);
}

/** `stopped` resolves when somebody wants the sandbox to end. */
function whenStopped(): { readonly stop: () => void; readonly stopped: Promise<void> } {
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop();
    });
  }
  return { stop, stopped };
}

async function prepare(sandbox: Sandbox, options: DaemonOptions, directory: string): Promise<void> {
  if (options.scale !== undefined) {
    await deployScenario(sandbox.call, {
      caFile: join(directory, caFileName),
      size: { scale: options.scale },
      log: (line) => {
        tell({ kind: 'line', line });
      },
    });
  }
  await writeDaemonState(options.folder, {
    endpoint: sandbox.endpoint,
    pid: process.pid,
    token: options.token,
    directory,
    speed: options.speed,
    started: new Date().toISOString(),
    env: sandbox.env,
    ...(options.scale === undefined ? {} : { scenario: 'production-rag' }),
  });
}

async function live(options: DaemonOptions): Promise<void> {
  const { folder, speed, port, token } = options;
  const directory = join(folder, 'data');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const logFile = createWriteStream(join(folder, 'sandbox.log'), { flags: 'a', mode: 0o600 });
  const { stop, stopped } = whenStopped();
  const sandbox = await startSandbox({
    ...{ speed, port, token, directory },
    onShutdown: stop,
    log: (line) => logFile.write(`${new Date().toISOString()} ${line}\n`),
  });
  try {
    await prepare(sandbox, options, directory);
    tell({ kind: 'ready' });
    if (process.connected) process.disconnect();
    await stopped;
  } finally {
    await sandbox.stop();
    logFile.end();
    await removeSandboxFolder(folder);
  }
}

process.once('message', (message) => {
  live(daemonOptionsSchema.parse(message)).then(
    () => process.exit(0),
    (error: unknown) => {
      tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
      process.exit(1);
    },
  );
});
