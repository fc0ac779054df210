import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readTrustedAuthorities } from '../../src/config/trusted-authorities.js';
import { createCertificateAuthority } from '../../src/sandbox/postgres/certificate-authority.js';

const now = new Date();
const dayMs = 86_400_000;
const at = (days: number): Date => new Date(now.getTime() + days * dayMs);
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-ca-'));
  file = join(folder, 'ca.pem');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const authority = (from: number, to: number): string =>
  createCertificateAuthority('one', { from: at(from), to: at(to) }).certificate;

describe('the authorities of Amazon RDS', () => {
  test('are trusted when nothing else is said, whatever PGSSLROOTCERT names', async () => {
    const own = authority(-1, 1);
    await writeFile(file, own);
    vi.stubEnv('PGSSLROOTCERT', file);
    const found = await readTrustedAuthorities(undefined, now);
    expect(found.length).toBeGreaterThan(50);
    expect(found.join()).not.toContain(own.trim());
  });

  test.each(['us-east-1', 'eu-central-1', 'ap-southeast-2', 'sa-east-1', 'me-central-1'])(
    'has one of each kind for %s that outlives this decade',
    async (region) => {
      const found = (await readTrustedAuthorities(undefined, now)).map((pem) => new X509Certificate(pem));
      const names = found
        .filter(({ validTo }) => new Date(validTo) > new Date('2036-01-01'))
        .map(({ subject }) => /Amazon RDS (\S+) Root CA (\S+) G1/.exec(subject)?.slice(1).join(' '));
      expect(names).toEqual(
        expect.arrayContaining([`${region} RSA2048`, `${region} RSA4096`, `${region} ECC384`]),
      );
    },
  );
});

describe('a file of authorities', () => {
  test('is taken whole, those that have expired too, while one is valid', async () => {
    const [old, current] = [authority(-30, -1), authority(-1, 30)];
    await writeFile(file, `a comment\n${old}\n${current}`);
    expect(await readTrustedAuthorities(file, now)).toEqual([old.trim(), current.trim()]);
  });

  test('in which all have expired is refused with the day of the last', async () => {
    await writeFile(file, [authority(-30, -9), authority(-30, -2)].join('\n'));
    await expect(readTrustedAuthorities(file, now)).rejects.toMatchObject({
      exitCode: 2,
      message: `the CA file ${file} holds no certificate that is still valid`,
      problems: [`tls.caFile: the last one has expired on ${at(-2).toISOString().slice(0, 10)}`],
    });
  });

  test.each([
    ['that is not there', undefined, 'cannot be read'],
    ['without a certificate', 'nothing', 'holds no certificate'],
    [
      'with a broken certificate',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      'holds a certificate that cannot be read',
    ],
  ])('%s is refused', async (_, text, message) => {
    if (text !== undefined) await writeFile(file, text);
    await expect(readTrustedAuthorities(file, now)).rejects.toMatchObject({
      exitCode: 2,
      message: `the CA file ${file} ${message}`,
    });
  });
});
