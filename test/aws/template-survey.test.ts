import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeTemplate, findTemplates } from '../../src/aws/template-survey.js';

const projectRoot = join(import.meta.dirname, '../..');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-templates-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const json = {
  Parameters: { Name: { Type: 'String' }, Stage: { Type: 'String', Default: 'prod' } },
  Resources: {
    Db: {
      Type: 'AWS::RDS::DBCluster',
      Properties: { DBClusterIdentifier: { 'Fn::Sub': '${Stage}-cluster' } },
    },
    Writer: {
      Type: 'AWS::RDS::DBInstance',
      Properties: { DBClusterIdentifier: { Ref: 'Db' }, DBInstanceIdentifier: { Ref: 'Name' } },
    },
  },
  Outputs: {
    Port: { Value: { 'Fn::GetAtt': ['Db', 'Endpoint.Port'] } },
    Host: { Value: { 'Fn::GetAtt': ['Db', 'Endpoint.Address'] } },
  },
};

it('finds the two templates with an Aurora cluster of the example, and what they name', async () => {
  const found = await findTemplates(join(projectRoot, 'examples', 'production-rag'));
  expect(
    found.map(({ path, cluster, instance, endpointOutput }) => [path, cluster, instance, endpointOutput]),
  ).toEqual([
    ['infrastructure/aurora.yaml', 'production-rag-cluster', 'production-rag-instance', 'DatabaseEndpoint'],
    [
      'infrastructure/production.yaml',
      'production-rag-cluster',
      'production-rag-instance',
      'DatabaseEndpoint',
    ],
  ]);
});

it('reads JSON and long forms, and leaves open what only CloudFormation knows', () => {
  expect(describeTemplate('t.json', JSON.stringify(json))).toMatchObject({
    logicalIds: ['Db', 'Writer'],
    cluster: 'prod-cluster',
    instance: undefined,
    endpointOutput: 'Host',
    parametersWithoutDefault: ['Name'],
  });
});

it('passes by what is no template, what is too long to be sent, packages and links', async () => {
  const text = JSON.stringify(json);
  await mkdir(join(folder, 'node_modules'));
  await mkdir(join(folder, '.hidden'));
  await writeFile(join(folder, 'node_modules', 'a.json'), text);
  await writeFile(join(folder, '.hidden', 'a.json'), text);
  await writeFile(join(folder, 'long.json'), text + ' '.repeat(60_000));
  await writeFile(join(folder, 'broken.yaml'), 'Type: AWS::RDS::DBCluster: [');
  await writeFile(
    join(folder, 'two.yaml'),
    text.replace('"Writer"', '"Db2"').replace('DBInstance', 'DBCluster'),
  );
  await writeFile(join(folder, 'good.template'), text);
  await symlink(join(folder, 'good.template'), join(folder, 'link.json'));
  expect((await findTemplates(folder)).map(({ path }) => path)).toEqual(['good.template']);
});
