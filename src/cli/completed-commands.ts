import type { Config } from '@oclif/core';
import type { CompletedCommand } from './completion-script.js';

/** The commands as oclif's manifest tells them, without loading one. */
export function listCompletedCommands(config: Pick<Config, 'commands'>): readonly CompletedCommand[] {
  return config.commands
    .filter(({ hidden }) => !hidden)
    .map(({ id, args, flags }) => {
      const [first] = Object.values(args);
      return {
        words: id.replaceAll(':', ' '),
        takesRun: first?.name === 'run',
        values: first?.options ?? [],
        flags: Object.values(flags).map((flag) => ({
          name: flag.name,
          takesValue: flag.type === 'option',
          takesFile: flag.type === 'option' && flag.helpValue === 'FILE',
          negatable: flag.type === 'boolean' && (flag.allowNo ?? false),
          options: (flag.type === 'option' ? flag.options : undefined) ?? [],
        })),
      };
    })
    .sort((one, other) => (one.words < other.words ? -1 : 1));
}
