import { access, constants, stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import { execa } from 'execa';
import { createScrubber, secretsOf } from './scrubber.js';

export interface DeployCommandOptions {
  /** Program and arguments; no shell reads them. */
  readonly argv: readonly string[];
  /** Every line of stdout and stderr in order of arrival, secrets replaced by `***`. */
  readonly onLine: (line: string) => void;
}

export interface DeployCommandResult {
  /** Undefined when the program could not be started or was ended by a signal. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** Why it could not be started. */
  readonly problem: string | undefined;
}

/** Runs the user's own deploy command. */
export interface DeployCommand {
  /** Why the program cannot be started, as far as that is known without doing so. */
  findObstacle(program: string): Promise<string | undefined>;
  run(options: DeployCommandOptions): Promise<DeployCommandResult>;
}

export interface DeployCommandSettings {
  /** Relative programs and paths in arguments start here: the folder of the config file. */
  readonly directory: string;
  /** Passed through to the command. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Texts never to be shown or logged, e.g. the password of the source. */
  readonly listSecrets: () => Promise<readonly string[]>;
}

/**
 * The command runs in a process group of its own: Ctrl-C in the terminal stops the tool after the current call, and
 * must not cut a deployment in half.
 */
export function createDeployCommand(settings: DeployCommandSettings): DeployCommand {
  return {
    findObstacle: (program) => findObstacle(program, settings),
    run: async ({ argv, onLine }) => {
      const [program = '', ...rest] = argv;
      const scrub = createScrubber([...(await settings.listSecrets()), ...secretsOf(settings.environment)]);
      const child = execa(program, rest, {
        cwd: settings.directory,
        env: definedOnly(settings.environment),
        extendEnv: false,
        all: true,
        buffer: false,
        detached: true,
        reject: false,
        stdin: 'ignore',
      });
      for await (const line of child.iterable({ from: 'all' })) onLine(scrub(String(line)));
      const result = await child;
      return {
        exitCode: result.exitCode,
        signal: result.signal,
        problem:
          result.exitCode === undefined && result.signal === undefined
            ? scrub(result.shortMessage ?? 'unknown')
            : undefined,
      };
    },
  };
}

/** A name without a slash is looked for in PATH, as the system does. */
async function findObstacle(
  program: string,
  { directory, environment }: DeployCommandSettings,
): Promise<string | undefined> {
  const folders = program.includes('/') ? ['.'] : (environment['PATH'] ?? '').split(delimiter);
  const obstacles = await Promise.all(
    folders.map((folder) => findFileObstacle(resolve(directory, folder, program))),
  );
  if (obstacles.includes(undefined)) return undefined;
  return (
    obstacles.find((one) => one?.endsWith('executable') === true) ??
    (program.includes('/') ? obstacles[0] : `no folder of PATH holds ${program}`)
  );
}

async function findFileObstacle(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) return `there is no file ${file}`;
  return access(file, constants.X_OK).then(
    () => undefined,
    () => `${file} is not executable`,
  );
}

function definedOnly(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
