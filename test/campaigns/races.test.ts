import { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { compileForChildren } from '../pipeline/compile-for-children.js';
import { temporaryFolder } from '../pipeline/harness.js';
import { connection } from '../sandbox/connection.js';
import { hasMoto, startMoto } from './moto.js';
import { Field, type FieldOptions } from './race-field.js';
import { startPair } from './paused-writer.js';
import { createRandom } from './state-race.js';

const full = process.env['CAMPAIGN'] === 'full';
const seed = Number(process.env['CAMPAIGN_SEED'] ?? Date.now() % 1_000_000);
const patience = full ? 3_600_000 : 240_000;

let program: ReturnType<typeof compileForChildren>;
let worker: ReturnType<typeof compileForChildren>;
beforeAll(() => {
  program = compileForChildren('test/campaigns/state-racer.ts');
  worker = compileForChildren('src/aws/shared-store-worker.ts');
});
afterAll(() => {
  program.remove();
  worker.remove();
});

/** Races of `most` processes, one fewer, and so on down to two, and again. */
async function hold(
  where: string,
  races: number,
  most: number,
  shared?: FieldOptions['shared'],
): Promise<void> {
  const random = createRandom(seed);
  const field = new Field({
    ...{ folder: temporaryFolder(), program: program.program, random },
    ...(shared === undefined ? {} : { shared }),
  });
  onTestFinished(() => field.end());
  for (let n = 0; n < races; n += 1) await field.race(n, most - (n % (most - 1)));
  const { counts } = field;
  process.stdout.write(
    `races ${where}: ${counts.races} for one run, ${counts.attempts} attempts of 2 to ${most} processes, ${counts.takeovers} winners killed and taken over, CAMPAIGN_SEED=${seed}\n`,
  );
  expect(counts.races).toBe(races);
}

function sharedIn(endpoint: string): NonNullable<FieldOptions['shared']> {
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'AKIASANDBOX000000000',
    AWS_SECRET_ACCESS_KEY: 'any',
  };
  const client = new S3({ ...connection({ endpoint }), forcePathStyle: true });
  return { worker: worker.program, env, client };
}

describe('of processes that start, resume and roll back one run exactly one gets it, and the others hear of it', () => {
  test('on one machine', { timeout: patience }, () => hold('on one machine', full ? 400 : 6, 8));

  describe('with their state in S3', () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await startSandbox();
      await sandbox.call('s3', 'CreateBucket', { Bucket: 'state' });
    });
    afterAll(() => sandbox.stop());

    test('of the sandbox', { timeout: patience }, () =>
      hold("in the sandbox's S3", full ? 400 : 6, full ? 8 : 4, sharedIn(sandbox.endpoint)),
    );

    test.each([
      ['about to write a record', 'make-two/started#1:before-record'],
      ['about to make a call', 'make-two/intent of toy:Create#1:after-fsync'],
    ])(
      'a writer that is paused beyond its lease when it is %s is fenced there',
      { timeout: patience },
      async (_when, pauseAt) => {
        const shared = sharedIn(sandbox.endpoint);
        const pair = await startPair(program.program, shared, temporaryFolder());
        onTestFinished(() => pair.end());
        for (let n = 0; n < (full ? 10 : 1); n += 1)
          await pair.race(`${pauseAt.replace(/\W+/g, '-')}-${n}`, pauseAt);
      },
    );
  });

  // It takes longer to start than all of the other races of `npm test`.
  test.runIf(full && hasMoto())('with their state in the S3 of moto', { timeout: patience }, async () => {
    const moto = await startMoto();
    onTestFinished(() => moto.stop());
    const shared = sharedIn(moto.endpoint);
    await shared.client.createBucket({ Bucket: 'state' });
    await hold("in moto's S3", 200, 8, shared);
  });
});
