import { Args } from '@oclif/core';
import { BaseCommand, type Outcome } from '../cli/base-command.js';
import { shells, type Shell } from '../cli/completion-script.js';

interface CompletionResult {
  readonly shell: Shell;
  readonly script: string;
}

export default class Completion extends BaseCommand<CompletionResult> {
  static override summary = 'Print a script by which the shell completes commands, flags and run ids.';
  static override description = [
    'The script knows the commands and flags of this version, and lists the runs in .rds2aurora beside the configuration',
    'file, without starting this program. Print it anew after an upgrade, or let the shell do so at its start.',
  ].join('\n');
  static override examples = [
    'source <(<%= config.bin %> completion bash)',
    'source <(<%= config.bin %> completion zsh)',
    '<%= config.bin %> completion fish | source',
  ];
  static override args = {
    shell: Args.string({ description: 'bash, zsh or fish.', options: [...shells], required: true }),
  };

  protected async perform(): Promise<Outcome<CompletionResult>> {
    const { args } = await this.parse(Completion);
    const { renderCompletion } = await import('../cli/completion-script.js');
    const { listCompletedCommands } = await import('../cli/completed-commands.js');
    const shell = shells.find((one) => one === args.shell) ?? 'bash';
    const script = renderCompletion(shell, this.config.bin, listCompletedCommands(this.config));
    return { result: { shell, script }, text: () => script };
  }
}
