import { afterAll, beforeAll } from 'vitest';
import type { Config } from '../../src/config/schema.js';
import { seal } from '../../src/pipeline/seal.js';
import { describeStepLaws, type LawWorld } from '../laws/step-laws.js';
import { masterPassword } from '../postgres-server.js';
import { openPausableWorlds, pausableConfig, type PausableWorlds } from './pausable-world.js';

let worlds: PausableWorlds;
beforeAll(async () => {
  worlds = await openPausableWorlds();
});
afterAll(() => worlds.close());

/** An application whose scaling somebody has suspended in part, on a database that says what others leave to the default. */
async function makeWorld(): Promise<LawWorld<Config>> {
  const world = await worlds.make();
  await world.connect('somebody');
  await world.setReadOnly('off');
  world.application.scaling = { min: 1, max: 4, suspension: { in: true, out: false, scheduled: false } };
  // Looked at once, so that what happens next is a change.
  await world.mutations();
  return {
    ...world,
    step: seal(world.step),
    config: pausableConfig,
    canaries: [masterPassword],
    tamper: () => world.setReadOnly(null),
    comparable: (output) => ({ ...(output as object), lsn: '', pausedAt: '' }),
  };
}

// On a busy machine a login takes its time, and a law makes fifteen worlds.
describeStepLaws('pause-writers', makeWorld, { timeoutMs: 240_000 });
