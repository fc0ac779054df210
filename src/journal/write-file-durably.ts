import { constants } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { realFiles, syncDirectory, writeFully, type Files } from './files.js';

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

/**
 * Writes a whole file (mode 0600) so that after a crash, a power cut or a full disk there is either the old content or
 * the new one, never a part: temporary file in the same folder, full-write loop, fsync, size check, rename, fsync of
 * the folder. On any error the temporary file is removed and the error thrown on.
 */
export function writeFileDurably(file: string, content: string | Uint8Array, files: Files = realFiles): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  const fd = files.openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    try {
      fill(files, fd, bytes);
    } finally {
      files.closeSync(fd);
    }
    files.renameSync(temporary, file);
  } catch (error) {
    files.rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(files, dirname(file));
}

function fill(files: Files, fd: number, bytes: Uint8Array): void {
  writeFully(files, fd, bytes);
  files.fsyncSync(fd);
  const { size } = files.fstatSync(fd);
  if (size !== bytes.length)
    throw new Error(`wrote ${String(bytes.length)} bytes and the file has ${String(size)}`);
}
