import * as nodeFs from 'node:fs';

/** The file system calls that journal and lock are made of; tests pass one that fails on demand. */
export interface Files extends Pick<
  typeof nodeFs,
  | 'closeSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'linkSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readFileSync'
  | 'readdirSync'
  | 'renameSync'
  | 'rmSync'
> {
  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number): number;
}

export const realFiles: Files = nodeFs;

/** Writes all of `bytes`: a write to a nearly full disk may take only part of them and call it success. */
export function writeFully(files: Files, fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    const written = files.writeSync(fd, bytes, done, bytes.length - done);
    if (written === 0) throw new Error('the file system takes no more bytes and names no reason');
    done += written;
  }
}

/** Makes creations and renames in a folder survive a power cut. */
export function syncDirectory(files: Files, directory: string): void {
  const fd = files.openSync(directory, nodeFs.constants.O_RDONLY);
  try {
    files.fsyncSync(fd);
  } finally {
    files.closeSync(fd);
  }
}

/** True for the errors that mean: no room on the disk or in the quota. */
export function isDiskFull(error: unknown): boolean {
  return hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT');
}

/** True when `error` carries this system error name, such as ENOENT. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
