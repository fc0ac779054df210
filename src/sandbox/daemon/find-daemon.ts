import { isRunning, readDaemonState, type DaemonState } from './daemon-state.js';

/** The sandbox of this folder, when its process is there. */
export async function findDaemon(folder: string): Promise<DaemonState | undefined> {
  const state = await readDaemonState(folder);
  return state !== undefined && isRunning(state) ? state : undefined;
}
