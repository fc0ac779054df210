import { join } from 'node:path';
import { conninfo } from './conninfo.js';
import type { CopyLaneRequest } from './copy-lane.js';
import { pipeFailure, pipePrograms } from './pipe-programs.js';
import type { HarmlessRule } from './pg-restore.js';
import { RestoreOutput } from './restore-output.js';

export interface LargeObjectsRequest extends CopyLaneRequest {
  readonly signal: AbortSignal;
  /** Objects so far. */
  readonly moved: (count: number) => void;
  /** The rule by which an error of pg_restore is harmless. */
  readonly allow: (error: string) => HarmlessRule | undefined;
}

/**
 * Large objects with their owners, grants and comments, from pg_dump straight into pg_restore. `--exclude-table=*.*`
 * keeps all else out: the pattern `*` would leave the tables outside of the search_path in.
 */
export async function moveLargeObjects(request: LargeObjectsRequest): Promise<void> {
  const { clients, source, target, logins, snapshot, signal, moved } = request;
  let count = 0;
  const ends = await pipePrograms({
    from: {
      file: join(clients.binDir, 'pg_dump'),
      arguments: [
        // `-b` has had this name in every version.
        ...['--format=custom', '--compress=0', '--data-only', '-b', '--exclude-table=*.*'],
        ...[`--snapshot=${snapshot}`, '--no-password', `--dbname=${conninfo(source)}`],
      ],
      environment: logins.source,
    },
    to: {
      file: join(clients.binDir, 'pg_restore'),
      arguments: ['--format=custom', '--no-password', '--verbose', `--dbname=${conninfo(target)}`],
      environment: logins.target,
    },
    signal,
    heard: (line) => {
      if (!line.includes('restoring large object with OID')) return;
      count += 1;
      moved(count);
    },
  });
  if (ends.from.exitCode === 0 && (ends.to.exitCode === 0 || isHarmless(ends.to.tail, request.allow))) return;
  throw pipeFailure(ends, 'moving the large objects');
}

function isHarmless(lines: readonly string[], allow: LargeObjectsRequest['allow']): boolean {
  let [told, allowed] = [0, 0];
  const output = new RestoreOutput((message) => {
    if (message.kind === 'ignored') told = message.count;
    if (message.kind === 'error' && allow(message.text) !== undefined) allowed += 1;
  });
  for (const line of lines) output.line(line);
  output.end();
  return told > 0 && told === allowed;
}
