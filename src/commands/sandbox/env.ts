import { BaseCommand, type Outcome } from '../../cli/base-command.js';
import { PreconditionError } from '../../errors.js';
import { sandboxFolder } from '../../sandbox/daemon/daemon-state.js';
import { findDaemon } from '../../sandbox/daemon/find-daemon.js';

/** The environment that points AWS clients and this tool at the local AWS. */
export default class SandboxEnv extends BaseCommand<Readonly<Record<string, string>>> {
  static override summary = 'Print the environment variables that point AWS clients at the local AWS';
  static override examples = ['eval "$(<%= config.bin %> sandbox env)"'];

  protected override async perform(): Promise<Outcome<Readonly<Record<string, string>>>> {
    await this.parse(SandboxEnv);
    const state = await findDaemon(sandboxFolder(process.cwd()));
    if (state === undefined) {
      throw new PreconditionError('SandboxNotRunning', 'no sandbox is running for this folder', {
        next: ['rds2aurora sandbox up'],
        changed: false,
      });
    }
    // A profile would win over the access key in some clients.
    const lines = ['unset AWS_PROFILE', ...Object.entries(state.env).map(exportLine)];
    return { result: state.env, text: () => lines.join('\n') };
  }
}

function exportLine([name, value]: [string, string]): string {
  return `export ${name}='${value.replaceAll("'", `'\\''`)}'`;
}
