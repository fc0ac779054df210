import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDatabaseAddress } from '../../src/sandbox/scenario/deploy-scenario.js';
import { makeHostileEnvironment } from '../campaigns/tls/hostile-environment.js';
import { sampleEvenly } from '../campaigns/sample-evenly.js';
import { listImpostors, type Impostor } from '../campaigns/tls/impostors.js';
import { startTlsFront, type TlsFront } from '../campaigns/tls/tls-front.js';
import { each } from './changed-answers.js';
import { createWorld, envelopeOf, expectExit, mutatingCalls, type World } from './harness.js';

const full = process.env['CAMPAIGN'] === 'full';
const seed = Number(process.env['CAMPAIGN_SEED'] ?? Date.now() % 1_000_000);
/** Each is a process of seconds; test/campaigns/tls.test.ts has all of them. */
const sampleSize = 3;

/** The program must bring nothing of its own that the hostile environment changes, but find its PostgreSQL. */
const kept = { HOME: process.env['HOME'], PATH: process.env['PATH'] };

describe('a source that is not the source', { timeout: full ? 1_200_000 : 400_000 }, () => {
  let world: World;
  let folder: string;
  let upstream: { readonly host: string; readonly port: number };
  let impostors: readonly Impostor[];
  let hostile: Readonly<Record<string, string | undefined>>;

  beforeAll(async () => {
    world = await createWorld({ mode: 'api' });
    folder = await mkdtemp(join(tmpdir(), 'rds2aurora-tls-'));
    const { host, port } = await readDatabaseAddress(world.sandbox.call, world.caFile);
    upstream = { host, port };
    impostors = listImpostors(host);
    const certificates = impostors.flatMap(({ behaviour }) =>
      behaviour.kind === 'tls' ? [String(behaviour.identity.cert)] : [],
    );
    const caFile = join(folder, 'hostile.pem');
    await writeFile(caFile, certificates.join('\n'));
    hostile = { ...(await makeHostileEnvironment(folder, caFile)), ...kept };
  }, 400_000);

  afterAll(async () => {
    await world.end();
    await rm(folder, { recursive: true, force: true });
  });

  /** From now on RDS says that the source is there. */
  function answerAt(front: TlsFront): void {
    const Endpoint = { Address: front.host, Port: front.port };
    world.sandbox.changeAnswers(
      'rds:DescribeDBInstances',
      each('DBInstances', () => ({ Endpoint })),
    );
  }

  const trusting = async (certificates: readonly string[]): Promise<string> => {
    const file = join(folder, 'trusted.pem');
    await writeFile(file, certificates.join('\n'));
    return file;
  };

  test('ends the program with exit code 1, what, why and what next, and changes nothing', async () => {
    const faults: string[] = [];
    const chosen = full ? impostors : sampleEvenly(impostors, sampleSize, seed);
    for (const { what, behaviour, trusted } of chosen) {
      const front = await startTlsFront(upstream, behaviour);
      answerAt(front);
      const RDS2AURORA_TLS_CA_FILE = await trusting(trusted);
      const ended = await world.cli(['migrate', 'dump-restore', '--yes', '--json'], {
        env: { ...hostile, RDS2AURORA_TLS_CA_FILE },
      });
      const { error } = envelopeOf(ended);
      if (ended.exitCode !== 1 || error?.code !== 'TlsRefused' || !error.why || error.next.length === 0)
        faults.push(`${what}: ${ended.exitCode} ${ended.stdout}`);
      await front.close();
    }
    process.stderr.write(
      `TLS at the command line: ${chosen.length - faults.length} of ${chosen.length} refused, of ${impostors.length}; CAMPAIGN_SEED=${seed}\n`,
    );
    expect(faults).toEqual([]);
    expect(mutatingCalls(world)).toEqual([]);
  });

  test('but the source itself is believed in the same environment', async () => {
    const front = await startTlsFront(upstream, { kind: 'line' });
    answerAt(front);
    const env = { ...hostile, RDS2AURORA_TLS_CA_FILE: world.caFile };
    expectExit(await world.cli(['plan', 'dump-restore', '--json'], { env }), 0);
    await front.close();
  });

  test('PGSSLROOTCERT names nobody to believe', async () => {
    world.sandbox.changeAnswers('rds:DescribeDBInstances');
    const env = { PGSSLROOTCERT: world.caFile, RDS2AURORA_TLS_CA_FILE: undefined };
    const ended = await world.cli(['plan', 'dump-restore', '--json'], { env });
    expect(envelopeOf(ended).error?.code).toBe('TlsRefused');
  });

  test('an authority file that has expired is told before anything is asked', async () => {
    const impostor = impostors.find(({ what }) => what === 'an authority that has expired');
    const RDS2AURORA_TLS_CA_FILE = await trusting(impostor?.trusted.slice(0, 1) ?? []);
    const ended = await world.cli(['plan', 'dump-restore'], { env: { RDS2AURORA_TLS_CA_FILE } });
    expectExit(ended, 2);
    expect(ended.stderr).toContain('holds no certificate that is still valid');
  });
});
