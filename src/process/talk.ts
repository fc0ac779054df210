import { endOf } from './pipe-programs.js';
import type { PipeEnd } from './pipe-programs.js';
import { startProgram } from './start-program.js';
import type { Program } from './start-program.js';

/** A program that is told one thing after the other, and says so when it is done with it. */
export interface Talk {
  tell(script: string): void;
  /** True once it says this line, false when it has ended without. */
  says(line: string): Promise<boolean>;
  /** There is no more to tell. */
  hangUp(): void;
  readonly end: Promise<PipeEnd>;
}

/** @param heard each line that it writes, as it comes */
export function startTalk(program: Program, signal: AbortSignal, heard?: (line: string) => void): Talk {
  const child = startProgram(program, { stdin: 'pipe', stdout: 'pipe' }, signal);
  const awaited = new Map<string, (isSaid: boolean) => void>();
  let isOver = false;
  const end = endOf(program, child, (line) => {
    heard?.(line);
    awaited.get(line)?.(true);
  });
  const over = (): void => {
    isOver = true;
    for (const settle of awaited.values()) settle(false);
  };
  end.then(over, over);
  return {
    tell: (script) => void child.stdin?.write(script),
    says: (line) =>
      isOver ? Promise.resolve(false) : new Promise((resolve) => void awaited.set(line, resolve)),
    hangUp: () => void child.stdin?.end(),
    end,
  };
}
