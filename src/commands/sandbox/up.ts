import { Flags } from '@oclif/core';
import { BaseCommand, type Outcome } from '../../cli/base-command.js';
import { PreconditionError } from '../../errors.js';
import { sandboxFolder } from '../../sandbox/daemon/daemon-state.js';
import { AlreadyRunningError, startDaemon } from '../../sandbox/daemon/start-daemon.js';

interface UpResult {
  readonly endpoint: string;
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the local AWS and leaves it running. */
export default class SandboxUp extends BaseCommand<UpResult> {
  static override summary = 'Start a local AWS with real PostgreSQL, and the production-rag scenario in it';
  static override examples = [
    '<%= config.bin %> sandbox up',
    '<%= config.bin %> sandbox up --speed 600 --no-scenario',
  ];
  static override flags = {
    speed: Flags.integer({ description: 'how many times faster than AWS', default: 60, min: 1 }),
    port: Flags.integer({
      description: 'port of the endpoint; 0 takes a free one',
      default: 0,
      min: 0,
      max: 65_535,
    }),
    scenario: Flags.boolean({
      description: 'deploy the scenario production-rag',
      default: true,
      allowNo: true,
    }),
    size: Flags.integer({ description: 'size of the scenario; 1 is 1,000 chunks', default: 1, min: 1 }),
  };

  protected override async perform(): Promise<Outcome<UpResult>> {
    const { flags } = await this.parse(SandboxUp);
    try {
      const { endpoint, pid, env } = await startDaemon({
        folder: sandboxFolder(process.cwd()),
        speed: flags.speed,
        port: flags.port,
        scale: flags.scenario ? flags.size : undefined,
        log: (line) => this.printMessage(line),
      });
      return {
        result: { endpoint, pid, env },
        text: () => `sandbox running at ${endpoint} (pid ${String(pid)})`,
        next: ['eval "$(rds2aurora sandbox env)"', 'rds2aurora plan dump-restore', 'rds2aurora sandbox down'],
      };
    } catch (error) {
      if (!(error instanceof AlreadyRunningError)) throw error;
      throw new PreconditionError('SandboxRunning', error.message, {
        why: 'a folder has one sandbox at a time',
        next: ['rds2aurora sandbox env', 'rds2aurora sandbox down'],
        changed: false,
      });
    }
  }
}
