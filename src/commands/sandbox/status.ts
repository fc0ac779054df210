import { BaseCommand, type Outcome } from '../../cli/base-command.js';
import { sandboxFolder } from '../../sandbox/daemon/daemon-state.js';
import { findDaemon } from '../../sandbox/daemon/find-daemon.js';

interface StatusResult {
  readonly running: boolean;
  readonly endpoint?: string;
  readonly pid?: number;
  readonly speed?: number;
  readonly started?: string;
  readonly scenario?: string | undefined;
}

/** Whether a local AWS is running for this folder. */
export default class SandboxStatus extends BaseCommand<StatusResult> {
  static override summary = 'Tell whether a local AWS is running for this folder';

  protected override async perform(): Promise<Outcome<StatusResult>> {
    await this.parse(SandboxStatus);
    const state = await findDaemon(sandboxFolder(process.cwd()));
    if (state === undefined) {
      return { result: { running: false }, text: () => 'no sandbox here', next: ['rds2aurora sandbox up'] };
    }
    const { endpoint, pid, speed, started, scenario } = state;
    return {
      result: { running: true, endpoint, pid, speed, started, scenario },
      text: () =>
        `running at ${endpoint} (pid ${String(pid)}), ${String(speed)} times as fast as AWS, since ${started}`,
    };
  }
}
