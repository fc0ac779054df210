import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

export interface Watchdog {
  /** Ends it; servers that still run then are stopped by it. */
  release(): void;
}

const script = `cat > /dev/null
for file in "$1"/*/data/postmaster.pid; do
  [ -f "$file" ] && kill -INT "$(head -n 1 "$file")"
done`;

/**
 * Stops the servers below `volumes` when this process is gone, however it ended: even SIGKILL closes the pipe that the
 * watchdog reads from.
 */
export function startWatchdog(volumes: string): Watchdog {
  const child = spawn('/bin/sh', ['-c', script, 'watchdog', volumes], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  // A pipe is a socket to Node; it must not keep the process alive either.
  if (child.stdin instanceof Socket) child.stdin.unref();
  child.stdin.on('error', () => undefined);
  return { release: () => void child.stdin.end() };
}
