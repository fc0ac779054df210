import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { restoreCluster, restoreInstance } from '../../src/aws/snapshot-template.js';
import { keepResources, withoutTasks } from '../../src/aws/template-stages.js';

const infrastructure = join(import.meta.dirname, '../../examples/production-rag/infrastructure');
const arn = 'arn:aws:rds:us-east-1:123456789012:snapshot:production-rag-ab12cd';
const snapshot = { arn, encrypted: true };
const note = (property: string) =>
  `Rds2AuroraSnapshot: "Restored from a snapshot. ${property} must stay in this template, unchanged, for ever: without it CloudFormation replaces the database with an empty one."`;
const exampleOf = (file: string) => readFileSync(join(infrastructure, file), 'utf8');

const wide = `Resources:
    # the cluster
    Database:
        Properties: # what it is
            # who it is
            DBClusterIdentifier: !Sub '\${Name}-cluster' # by name
            MasterUserPassword:
                Fn::Sub: >-
                    {{resolve:secretsmanager:
                    \${Secret}:SecretString:password}}
            # the size
            ServerlessV2ScalingConfiguration: {MinCapacity: 0.5, MaxCapacity: 1}
            MasterUsername: admin # the owner
        Metadata:
            Owner: us
        Type: AWS::RDS::DBCluster
`;
const json = JSON.stringify(
  {
    Resources: {
      Database: {
        Type: 'AWS::RDS::DBCluster',
        Properties: {
          Engine: 'aurora-postgresql',
          StorageEncrypted: true,
          Port: 5432,
          MasterUsername: 'admin',
          MasterUserPassword: { 'Fn::Sub': '{{resolve:secretsmanager:${Secret}:SecretString:password}}' },
        },
      },
    },
  },
  null,
  2,
);

describe('a template whose cluster is made from a snapshot', () => {
  it('differs in the lines it must and in no other', () => {
    expect(restoreCluster(exampleOf('aurora.yaml'), snapshot)).toMatchObject({
      logicalId: 'AuroraCluster',
      parameters: {},
      difference: [
        `+     Metadata: {${note('SnapshotIdentifier')}}`,
        `+       SnapshotIdentifier: '${arn}'`,
        '-       MasterUsername: raguser',
        "-       MasterUserPassword: !Sub '{{resolve:secretsmanager:${EnvironmentName}-rag-db-password:SecretString:password}}'",
        '-       StorageEncrypted: true',
      ],
    });
  });

  it('keeps comments, short tags and an indentation of its own', () => {
    const { text, difference } = restoreCluster(wide, snapshot);
    expect(difference).toEqual([
      '-             MasterUserPassword:',
      '-                 Fn::Sub: >-',
      '-                     {{resolve:secretsmanager:',
      '-                     ${Secret}:SecretString:password}}',
      `+             SnapshotIdentifier: '${arn}'`,
      '-             MasterUsername: admin # the owner',
      `+             ${note('SnapshotIdentifier')}`,
    ]);
    expect(text.match(/#.*/g)).toEqual([
      '# the cluster',
      '# what it is',
      '# who it is',
      '# by name',
      '# the size',
    ]);
  });

  it('stays JSON where it was JSON, with the commas right', () => {
    const { text, difference } = restoreCluster(json, snapshot);
    const resource = (JSON.parse(text) as { Resources: { Database: { Properties: object } } }).Resources
      .Database;
    expect(resource.Properties).toEqual({ SnapshotIdentifier: arn, Engine: 'aurora-postgresql', Port: 5432 });
    expect(difference).toHaveLength(9);
    expect(JSON.parse(restoreCluster(JSON.stringify(JSON.parse(json)), snapshot).text)).toEqual(
      JSON.parse(text),
    );
  });

  it('is cut in a flow map inside of YAML', () => {
    const flow = `Resources:\n  Database: {Type: AWS::RDS::DBCluster, Properties: {MasterUsername: a, MasterUserPassword: !Ref P, Port: 5432}}\n`;
    const { text } = restoreCluster(flow, snapshot);
    expect(parse(text)).toMatchObject({
      Resources: { Database: { Properties: { SnapshotIdentifier: arn, Port: 5432 } } },
    });
    expect(text).not.toContain('Master');
    const last = `Resources:\n  Database: {Type: AWS::RDS::DBCluster, Properties: {Port: 5432, MasterUsername: a, MasterUserPassword: !Ref P}}\n`;
    expect(restoreCluster(last, snapshot).text).toContain(`Port: 5432}}`);
  });

  it('uses the snapshot parameter of the template instead of an edit', () => {
    const plain = `Parameters:\n  From: {Type: String}\nResources:\n  Database:\n    Type: AWS::RDS::DBCluster\n    Properties:\n      SnapshotIdentifier: !Ref From\n`;
    const conditional = plain.replace('!Ref From', '!If [HasSnapshot, !Ref From, !Ref AWS::NoValue]');
    for (const text of [plain, conditional])
      expect(restoreCluster(text, snapshot)).toEqual({
        text,
        parameters: { From: arn },
        logicalId: 'Database',
        difference: [],
      });
  });

  it('changes nothing the second time, and refuses another snapshot', () => {
    const { text } = restoreCluster(wide, snapshot);
    expect(restoreCluster(text, snapshot)).toMatchObject({ text, difference: [] });
    expect(() => restoreCluster(text, { arn: `${arn}-2`, encrypted: true })).toThrow(
      expect.objectContaining({ code: 'TemplateNotRestorable', exitCode: 10 }) as Error,
    );
  });

  it.each([
    ['no cluster', exampleOf('network.yaml'), true],
    ['a cluster that is encrypted by itself, and a plain snapshot', json, false],
    [
      'a managed password',
      json.replace('"MasterUsername": "admin"', '"ManageMasterUserPassword": true'),
      true,
    ],
  ])('refuses %s', (_name, text, encrypted) => {
    expect(() => restoreCluster(text, { arn, encrypted })).toThrow(
      expect.objectContaining({ code: 'TemplateNotRestorable' }) as Error,
    );
  });

  it('brings an RDS instance back in the same way', () => {
    const { difference } = restoreInstance(exampleOf('rds.yaml'), 'RDSInstance', arn);
    expect(difference).toEqual([
      `+     Metadata: {${note('DBSnapshotIdentifier')}}`,
      `+       DBSnapshotIdentifier: '${arn}'`,
      '-       StorageEncrypted: true',
      '-       DBName: ragdb',
      '-       MasterUsername: raguser',
      "-       MasterUserPassword: !Sub '{{resolve:secretsmanager:${DatabaseSecret}:SecretString:password}}'",
    ]);
  });

  it('brings an instance back that came from another snapshot, and changes that alone', () => {
    const before = restoreInstance(exampleOf('rds.yaml'), 'RDSInstance', `${arn}-of-before`);
    const { text, difference } = restoreInstance(before.text, 'RDSInstance', arn);
    expect(difference).toEqual([
      `-       DBSnapshotIdentifier: '${arn}-of-before'`,
      `+       DBSnapshotIdentifier: '${arn}'`,
    ]);
    expect(text).toBe(restoreInstance(exampleOf('rds.yaml'), 'RDSInstance', arn).text);
    expect(restoreInstance(text, 'RDSInstance', arn).difference).toEqual([]);
  });

  it('guesses nothing of an instance whose snapshot is worked out from something else', () => {
    const text = exampleOf('rds.yaml').replace(
      '      DBInstanceClass:',
      `      DBSnapshotIdentifier: !Sub 'snapshot-of-\${EnvironmentName}'\n      DBInstanceClass:`,
    );
    expect(() => restoreInstance(text, 'RDSInstance', arn)).toThrow('has a DBSnapshotIdentifier already');
  });
});

describe('templates on the way', () => {
  it('imports what it is told, as it is written', () => {
    const text = keepResources(exampleOf('production.yaml'), ['DatabaseSecret']);
    const parsed = parse(text, { logLevel: 'silent' }) as {
      Resources: object;
      Parameters: object;
      Outputs?: object;
    };
    expect(Object.keys(parsed.Resources)).toEqual(['DatabaseSecret']);
    expect(parsed.Parameters).toHaveProperty('EnvironmentName');
    expect(parsed.Outputs).toBeUndefined();
    expect(text).toContain('Name: !Sub ${EnvironmentName}-rag-db-password');
    expect(keepResources(json, ['Database'])).toMatch(/"?DeletionPolicy"?: "?Retain"?/);
  });

  it('starts no task, and stays as it is without a service', () => {
    expect(parse(withoutTasks(exampleOf('production.yaml')), { logLevel: 'silent' })).toMatchObject({
      Resources: { Service: { Properties: { DesiredCount: 0 } } },
    });
    expect(withoutTasks(exampleOf('aurora.yaml'))).toBe(exampleOf('aurora.yaml'));
  });
});

const linter = findLinter();

describe('cfn-lint', () => {
  // Counted and named as skipped: a linter that is not there has found nothing.
  const lint = linter === undefined ? it.skip : it;
  lint(
    `${linter === undefined ? 'IS NOT INSTALLED and has not looked at' : 'passes'} edited templates`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'rds2aurora-lint-'));
      try {
        for (const name of ['aurora.yaml', 'production.yaml']) {
          const file = join(folder, name);
          writeFileSync(file, restoreCluster(exampleOf(name), snapshot).text);
          execFileSync(linter ?? '', ['--non-zero-exit-code', 'error', file], { encoding: 'utf8' });
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

function findLinter(): string | undefined {
  return ['cfn-lint', '/root/.pyenv/shims/cfn-lint'].find((name) => {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}
