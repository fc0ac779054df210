import type { Hook } from '@oclif/core';
import { endProcess } from './end-process.js';

/** How long a finished command may be held up by a socket that something forgot to close. */
const lingerMs = 2000;

/** oclif's `finally` hook: the work is over, so the process must not hang, whatever is still open. */
const finish: Hook<'finally'> = function () {
  setTimeout(() => endProcess(Number(process.exitCode ?? 0)), lingerMs).unref();
  return Promise.resolve();
};

export default finish;
