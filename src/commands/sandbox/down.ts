import { BaseCommand, type Outcome } from '../../cli/base-command.js';
import { sandboxFolder } from '../../sandbox/daemon/daemon-state.js';
import { stopDaemon } from '../../sandbox/daemon/stop-daemon.js';

/** Ends the local AWS and removes its data. */
export default class SandboxDown extends BaseCommand<{ readonly stopped: boolean }> {
  static override summary = 'Stop the local AWS of this folder and remove its data';

  protected override async perform(): Promise<Outcome<{ readonly stopped: boolean }>> {
    await this.parse(SandboxDown);
    const stopped = await stopDaemon(sandboxFolder(process.cwd()));
    return {
      result: { stopped },
      text: () => (stopped ? 'sandbox stopped, its data removed' : 'no sandbox here'),
    };
  }
}
