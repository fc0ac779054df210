import { randomUUID } from 'node:crypto';
import { constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { MigrationError } from '../errors.js';

/** Makes a named pipe in a folder that is ours alone. Gives its path. @throws MigrationError `PipeNotMade` */
export async function makeNamedPipe(folder: string): Promise<string> {
  const pipe = join(folder, `pipe-${randomUUID()}`);
  try {
    await execa('mkfifo', ['-m', '600', pipe], { env: { PATH: '/usr/bin:/bin' }, extendEnv: false });
  } catch (error) {
    throw new MigrationError('PipeNotMade', `mkfifo could not make a named pipe in ${folder}`, {
      ...{ why: 'rows go through it from one program to the other', cause: error, resumable: true },
      next: ['install mkfifo (it belongs to coreutils)'],
    });
  }
  return pipe;
}

/**
 * A pipe that a program is to write into, and is read here. Its reader gets no end while `write` is open: not before the
 * program has opened it. None of this opening waits (fifo(7)).
 * @returns file descriptors, to be closed
 */
export async function openNamedPipe(
  folder: string,
): Promise<{ readonly path: string; readonly read: number; readonly write: number }> {
  const path = await makeNamedPipe(folder);
  const read = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { path, read, write: openSync(path, constants.O_WRONLY) };
}
