import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, readDaemonState, removeSandboxFolder } from './daemon-state.js';

const lookMs = 50;
const patienceMs = 20_000;

/**
 * Ends the sandbox of this folder and removes its data. @returns false when there was none.
 * @throws Error when its process would not end.
 */
export async function stopDaemon(folder: string): Promise<boolean> {
  const state = await readDaemonState(folder);
  if (state === undefined) return false;
  if (isRunning(state)) {
    const asked = await askToEnd(state.endpoint, state.token);
    // Over HTTP the process proves to be the sandbox; a pid alone may have gone to somebody else.
    if (asked) await waitForEnd(() => isRunning(state));
  }
  await removeSandboxFolder(folder);
  return true;
}

async function askToEnd(endpoint: string, token: string): Promise<boolean> {
  try {
    const headers = { 'x-sandbox-token': token };
    const response = await fetch(`${endpoint}/_sandbox/shutdown`, { method: 'POST', headers });
    return response.ok;
  } catch {
    return false;
  }
}

async function waitForEnd(isThere: () => boolean): Promise<void> {
  for (let waited = 0; isThere(); waited += lookMs) {
    if (waited > patienceMs) throw new Error('the sandbox was asked to end and is still there');
    await sleep(lookMs);
  }
}
