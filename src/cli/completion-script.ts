/** What a completion has to know of a command; oclif's manifest has it. */
export interface CompletedCommand {
  /** `plan dump-restore`. */
  readonly words: string;
  /** The first argument is a run. */
  readonly takesRun: boolean;
  /** Values of the first argument, where there is a choice. */
  readonly values: readonly string[];
  readonly flags: readonly CompletedFlag[];
}

export interface CompletedFlag {
  readonly name: string;
  readonly takesValue: boolean;
  readonly takesFile: boolean;
  /** There is a `--no-…` of it. */
  readonly negatable: boolean;
  readonly options: readonly string[];
}

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The script that completes `bin` in a shell. Starts no Node.js: it knows the commands, and lists the folder of runs. */
export function renderCompletion(shell: Shell, bin: string, commands: readonly CompletedCommand[]): string {
  return wrappers[shell](bin, candidates(bin, commands), filesOf(commands));
}

/**
 * A function of POSIX shell that takes the words behind the program, the last one being completed, and prints what it
 * may be. Names of runs are let through only when they look like ones: bash expands what it is given.
 */
function candidates(bin: string, commands: readonly CompletedCommand[]): string {
  return `_${bin}_runs() {
  case $1 in */*) folder=\${1%/*} ;; *) folder=. ;; esac
  ls -1 "$folder/.rds2aurora/runs" 2>/dev/null | LC_ALL=C grep -E "^[A-Za-z][A-Za-z0-9-]*$"
}
_${bin}_candidates() {
  if [ $# -le 1 ]; then ${print(topWords(commands))}; return; fi
  one=$1; two=; if [ $# -gt 2 ]; then two=$2; fi
  count=$#; config=\${RDS2AURORA_CONFIG-}; before=; previous=
  while [ $# -gt 1 ]; do
    case $previous in
      =) previous=$before; case $before in --config) config=$1 ;; esac ;;
      --config) config=$1 ;;
    esac
    case $1 in --config=*) config=\${1#--config=} ;; esac
    before=$previous; previous=$1; shift
  done
  current=$1
  case $previous in =) previous=$before ;; esac
  case $current in =) current= ;; esac
  if [ "$count" -eq 2 ]; then
    case $one in
${topics(commands)
  .map(({ topic, words }) => `      ${topic}) ${print(words)} ;;`)
  .join('\n')}
    esac
  fi
  run=; values=
  case "$one $two" in
${[...commands].sort(longestFirst).map(entry).join('\n')}
    *) return ;;
  esac
  case $current in
    -*) printf "%s\\n" "$@" ;;
    *) if [ -n "$run" ]; then _${bin}_runs "$config"; elif [ -n "$values" ]; then printf "%s\\n" "$values" | tr " " "\\n"; fi ;;
  esac
}`;
}

/** What a command's flags and first argument may be; the value of a flag ends it. */
function entry({ words, takesRun, values, flags }: CompletedCommand): string {
  const pattern = words.includes(' ') ? `"${words}"` : `"${words} "*`;
  const choices = flags
    .filter(({ options }) => options.length > 0)
    .map(({ name, options }) => `--${name}) ${print(options)}; return ;;`);
  const others = flags
    .filter(({ takesValue, options }) => takesValue && options.length === 0)
    .map(({ name }) => `--${name}`);
  const valued = [...choices, ...(others.length === 0 ? [] : [`${others.join(' | ')}) return ;;`])];
  const names = [...flags.flatMap(spellings), '--help'];
  return [
    `    ${pattern})`,
    ...(valued.length === 0 ? [] : [`      case $previous in ${valued.join(' ')} esac`]),
    ...(takesRun ? ['      run=1'] : []),
    ...(values.length === 0 ? [] : [`      values="${values.join(' ')}"`]),
    `      set -- ${names.join(' ')} ;;`,
  ].join('\n');
}

const wrappers: Readonly<Record<Shell, (bin: string, posix: string, files: string) => string>> = {
  bash: (bin, posix) => `# Completion of ${bin} for bash: source <(${bin} completion bash)
${posix}
_${bin}() {
  COMPREPLY=($(compgen -W "$(_${bin}_candidates "\${COMP_WORDS[@]:1:COMP_CWORD}")" -- "\${COMP_WORDS[COMP_CWORD]#=}"))
}
complete -o default -F _${bin} ${bin}`,
  zsh: (bin, posix) => `#compdef ${bin}
# Completion of ${bin} for zsh: source <(${bin} completion zsh), after compinit
${posix}
_${bin}() {
  local -a found
  found=(\${(f)"$(_${bin}_candidates "\${(@)words[2,CURRENT]}")"})
  if (( \${#found} )); then compadd -a found; else _files; fi
}
compdef _${bin} ${bin}`,
  fish: (bin, posix, files) => `# Completion of ${bin} for fish: ${bin} completion fish | source
function __${bin}_candidates
  set -l typed (commandline -opc) (commandline -ct)
  sh -c '${posix.replaceAll('\\', '\\\\')}
_${bin}_candidates "$@"' ${bin} $typed[2..-1]
end
complete -c ${bin} -f
complete -c ${bin} -a "(__${bin}_candidates)"
complete -c ${bin} -n 'string match -qr -- "^--(${files})\\$" (commandline -opc)[-1]' -F`,
};

function spellings({ name, negatable }: CompletedFlag): readonly string[] {
  return negatable ? [`--${name}`, `--no-${name}`] : [`--${name}`];
}

function print(words: readonly string[]): string {
  return `printf "%s\\n" ${words.join(' ')}`;
}

function topWords(commands: readonly CompletedCommand[]): readonly string[] {
  return [...new Set(commands.map(({ words }) => words.split(' ')[0] ?? words))].sort();
}

function topics(commands: readonly CompletedCommand[]) {
  const pairs = commands.map(({ words }) => words.split(' ')).filter(({ length }) => length > 1);
  const names = [...new Set(pairs.map(([topic = '']) => topic))].sort();
  return names.map((topic) => ({
    topic,
    words: pairs.filter(([first]) => first === topic).map(([, second = '']) => second),
  }));
}

/** `runs prune` before `runs`. */
function longestFirst(one: CompletedCommand, other: CompletedCommand): number {
  return other.words.split(' ').length - one.words.split(' ').length;
}

function filesOf(commands: readonly CompletedCommand[]): string {
  const files = commands.flatMap(({ flags }) => flags.filter(({ takesFile }) => takesFile));
  return [...new Set(files.map(({ name }) => name))].sort().join('|');
}
