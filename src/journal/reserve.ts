import { constants } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory, writeFully, type Files } from './files.js';

const bytes = 64 * 1024;

/**
 * A file of 64 kB beside the journal that is given up when the disk is full, so that there is room to write down that
 * and why the run stopped.
 */
export class Reserve {
  private readonly file: string;

  constructor(
    private readonly directory: string,
    private readonly files: Files,
  ) {
    this.file = join(directory, 'journal.reserve');
  }

  /** Puts the reserve in place; throws ENOSPC when there is no room for it. */
  fill(): void {
    this.free();
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const fd = this.files.openSync(this.file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      // Not zeros: some file systems keep no room for those.
      writeFully(this.files, fd, Buffer.alloc(bytes, 'reserve '));
      this.files.fsyncSync(fd);
    } finally {
      this.files.closeSync(fd);
    }
  }

  free(): void {
    this.files.rmSync(this.file, { force: true });
    syncDirectory(this.files, this.directory);
  }
}
