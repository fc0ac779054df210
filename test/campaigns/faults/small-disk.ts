import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresClients } from '../../../src/process/postgres-clients.js';

/** A place for dumps with less room than one needs. */
export interface SmallDisk {
  readonly folder: string;
  /** The programs to use with it. */
  readonly clients: PostgresClients;
  /** From now on there is room. */
  grow(): void;
  remove(): void;
}

/** A file system of its own where this user may mount one, else a limit on the size of files. */
export function makeSmallDisk(clients: PostgresClients): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'rds2aurora-disk-'));
  return mountSmall(folder, clients) ?? limitFiles(folder, clients);
}

function mountSmall(folder: string, clients: PostgresClients): SmallDisk | undefined {
  const mount = (options: string): void => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
  };
  try {
    mount('size=100k');
  } catch {
    return undefined;
  }
  return {
    ...{ folder, clients },
    grow: () => mount('remount,size=64m'),
    remove: () => {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** A write beyond the limit fails as one on a full disk does, if by another error: EFBIG (setrlimit, RLIMIT_FSIZE). */
function limitFiles(folder: string, clients: PostgresClients): SmallDisk {
  const binDir = join(folder, 'bin');
  mkdirSync(binDir);
  const write = (limit: string): void => {
    for (const name of ['pg_dump', 'pg_restore', 'psql']) {
      const file = join(binDir, name);
      writeFileSync(file, `#!/bin/sh\ntrap '' XFSZ\n${limit}exec '${join(clients.binDir, name)}' "$@"\n`);
      chmodSync(file, 0o755);
    }
  };
  write('ulimit -f 100\n');
  return {
    ...{ folder: join(folder, 'dumps'), clients: { ...clients, binDir } },
    grow: () => write(''),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
