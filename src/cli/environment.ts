/** The environment as the commands see it. Only this file, `src/config` and the programs under `bin/` read it. */
export interface Environment {
  /** Everything, for what must be handed on whole (configuration overrides, the AWS SDK, child processes). */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Colour is unwanted: https://no-color.org, or a terminal that cannot. */
  readonly plain: boolean;
  /** The terminal cannot move its cursor. */
  readonly dumbTerminal: boolean;
}

export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  return {
    variables,
    plain: isSet(variables['NO_COLOR']) || variables['TERM'] === 'dumb',
    dumbTerminal: variables['TERM'] === 'dumb',
  };
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
