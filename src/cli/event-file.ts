import { closeSync, constants, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../errors.js';

export interface EventFile {
  write(line: string): void;
  close(): void;
}

/**
 * Opens a file of events for appending, readable by its owner only. A disk that fills up later does not stop a run:
 * the journal is what counts, and it says so itself.
 * @throws UsageError when the file cannot be opened
 */
export function openEventFile(path: string): EventFile {
  const { O_APPEND, O_CREAT, O_WRONLY } = constants;
  const fd = open(path, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, O_APPEND | O_CREAT | O_WRONLY, 0o600);
  });
  let closed = false;
  const close = (): void => {
    if (!closed) closeSync(fd);
    closed = true;
  };
  return {
    write: (line) => {
      if (closed) return;
      try {
        writeSync(fd, `${line}\n`);
      } catch {
        close();
      }
    },
    close,
  };
}

function open(path: string, attempt: () => number): number {
  try {
    return attempt();
  } catch (cause) {
    throw new UsageError('EventFileUnwritable', `cannot write events to ${path}`, {
      ...(cause instanceof Error && { why: cause.message }),
      changed: false,
      cause,
    });
  }
}
