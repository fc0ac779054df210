import { expect, test } from 'vitest';
import { chooseSnapshotVersion } from '../../src/checks/snapshot-version.js';
import { lawConfig } from '../steps/data-law-inputs.js';

const serverless = { min: 0, max: 256 };
const offered = ['15.8', '16.13', '17.4', '17.7', '17.9', '17.10', '18.4'];

function choose(
  source: string,
  wanted: string,
  { orderable = true, template }: { orderable?: boolean; template?: string } = {},
) {
  const rds = {
    listAuroraVersions: () =>
      Promise.resolve([
        ...offered.map((version) => ({ version, status: 'available', parameterGroupFamily: '', serverless })),
        { version: '17.5', status: 'deprecated', parameterGroupFamily: '', serverless },
      ]),
    isServerlessOrderable: () => Promise.resolve(orderable),
  };
  const config = { ...lawConfig, target: { ...lawConfig.target, engineVersion: wanted } };
  return chooseSnapshotVersion(rds, config, { engineVersion: source }, template);
}

const codeOf = async (asked: ReturnType<typeof choose>) => (await asked).problems?.map(({ code }) => code);

test('auto takes the newest minor of the same major, counted as numbers', async () => {
  expect((await choose('17.7', 'auto')).found?.version).toBe('17.10');
  expect((await choose('16.4', 'auto')).found?.version).toBe('16.13');
});

test('auto takes the version of the template', async () => {
  expect((await choose('17.7', 'auto', { template: '17.7' })).found?.version).toBe('17.7');
  expect(await codeOf(choose('17.7', '17.9', { template: '17.7' }))).toEqual(['TemplateVersionDiffers']);
});

test('another major is refused, whether it is offered or not', async () => {
  const { problems } = await choose('17.7', '15.5');
  expect(problems).toMatchObject([{ code: 'VersionNotRestorable' }]);
  expect(problems?.[0]?.fix).toContain('17.10, 17.9, 17.7');
  expect(problems?.[0]?.fix).toContain('dump-restore');
  expect(await codeOf(choose('16.4', '17.7'))).toEqual(['VersionNotRestorable']);
});

test('an earlier minor is refused: Aurora has no 17.8', async () => {
  expect(await codeOf(choose('17.8', '17.7'))).toEqual(['VersionNotRestorable']);
  expect((await choose('17.8', 'auto')).found?.version).toBe('17.10');
});

test('a release of Extended Support is as new as its minor and its date', async () => {
  expect(await codeOf(choose('17.9-RDS.20300208.R2.20300210', '17.7'))).toEqual(['VersionNotRestorable']);
  expect(await codeOf(choose('17.9-RDS.20300208.R2.20300210', '17.9'))).toEqual(['VersionNotRestorable']);
  expect((await choose('17.9-RDS.20300208.R2.20300210', 'auto')).found?.version).toBe('17.10');
});

test('a version that is not offered, or no longer, is refused', async () => {
  expect(await codeOf(choose('17.4', '17.5'))).toEqual(['VersionNotOffered']);
  expect(await codeOf(choose('17.4', '17.6'))).toEqual(['VersionNotOffered']);
});

test('a source that is ahead of every Aurora version is refused', async () => {
  expect(await codeOf(choose('17.11', 'auto'))).toEqual(['SourceAheadOfAurora']);
});

test('a version without db.serverless is refused', async () => {
  expect(await codeOf(choose('17.7', '17.9', { orderable: false }))).toEqual(['ServerlessNotOrderable']);
});
