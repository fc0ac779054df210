import { StoppedError } from '../errors.js';
import { isDiskFull } from './files.js';

/** Tells a full disk in words; any other error goes on as it is. `where` is a file or folder on that disk. */
export function stopWhenFull<T>(where: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw isDiskFull(error) ? diskFull(where, error) : error;
  }
}

export function diskFull(where: string, cause: unknown): StoppedError {
  return new StoppedError('DiskFull', `the disk that holds ${where} is full`, {
    why: 'without a journal the tool changes nothing more',
    next: ['make room on that disk', 'rds2aurora resume'],
    resumable: true,
    cause,
  });
}
