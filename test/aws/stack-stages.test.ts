import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findDatabase, foundationStage, importStage, readSettings } from '../../src/aws/stack-stages.js';
import { readTemplate } from '../../src/aws/stack-template.js';

const example = await readFile(
  join(import.meta.dirname, '../../examples/production-rag/infrastructure/aurora.yaml'),
  'utf8',
);
const withDependents = example.replace(
  'Outputs:',
  `  Attachment:
    Type: AWS::SecretsManager::SecretTargetAttachment
    Properties: { SecretId: some, TargetId: !Ref AuroraCluster, TargetType: 'AWS::RDS::DBCluster' }
  Alarm:
    Type: AWS::CloudWatch::Alarm
    DependsOn: Attachment
    Properties: { MetricName: x, ComparisonOperator: y, EvaluationPeriods: 1 }

Outputs:`,
);
const ids = (text: string) => readTemplate(text).resources.map(({ logicalId }) => logicalId);
const foundation = ['AuroraSubnetGroup', 'AuroraSecurityGroup', 'AuroraParameters'];

describe('a template in stages', () => {
  test('the database, what stands before it, and what only after it', () => {
    expect(findDatabase(withDependents)).toEqual({
      cluster: 'AuroraCluster',
      instance: 'AuroraInstance',
      dependents: ['Attachment', 'Alarm'],
      foundation,
      literals: { EngineVersion: '17.7', StorageEncrypted: 'true' },
    });
  });

  test('the foundation has neither the database nor what depends on it, and asks what its properties come to', () => {
    const text = foundationStage(withDependents);
    expect(ids(text)).toEqual(foundation);
    expect(readTemplate(text).outputs).toContain('Rds2AuroraDBSubnetGroupName');
    expect(readTemplate(text).outputs).toContain('Rds2AuroraAutoMinorVersionUpgrade');
    expect(readTemplate(text).outputs).not.toContain('DatabaseEndpoint');
    expect(text).toContain('Value: !Ref AuroraSubnetGroup');
    expect(text).toContain('!GetAtt AuroraSecurityGroup.GroupId');
  });

  test('the import adds the database alone: outputs and other resources stay as they are', () => {
    const [before, text] = [foundationStage(withDependents), importStage(withDependents)];
    expect(ids(text)).toEqual([...foundation, 'AuroraCluster', 'AuroraInstance']);
    expect(readTemplate(text).outputs).toEqual(readTemplate(before).outputs);
    expect(readTemplate(text).resources.slice(0, 3)).toEqual(readTemplate(before).resources);
  });

  test('what is imported has a DeletionPolicy, which an import asks for', () => {
    const text = importStage(example.replaceAll(/ {4}DeletionPolicy: .*\n/g, ''));
    const policies = readTemplate(text).resources.map(({ deletionPolicy }) => deletionPolicy);
    expect(policies).toEqual([undefined, undefined, undefined, 'Retain', 'Retain']);
  });

  test('a template in JSON keeps its long functions', () => {
    const json = JSON.stringify({
      Resources: {
        Group: { Type: 'AWS::RDS::DBSubnetGroup', Properties: {} },
        Cluster: {
          Type: 'AWS::RDS::DBCluster',
          Properties: {
            DBSubnetGroupName: { Ref: 'Group' },
            VpcSecurityGroupIds: [{ Ref: 'Groups' }],
            Port: 5432,
          },
        },
        Writer: { Type: 'AWS::RDS::DBInstance', Properties: { DBClusterIdentifier: { Ref: 'Cluster' } } },
      },
    });
    expect(foundationStage(json)).toContain('Rds2AuroraDBSubnetGroupName');
    expect(ids(foundationStage(json))).toEqual(['Group']);
  });

  test('two clusters in one template are refused', () => {
    const two = example.replace(
      '  AuroraInstance:',
      '  Second:\n    Type: AWS::RDS::DBCluster\n    Properties: { Engine: aurora-postgresql }\n\n  AuroraInstance:',
    );
    expect(() => findDatabase(two)).toThrow(/2 resources of type AWS::RDS::DBCluster/);
  });

  test('the outputs of ours are read as settings, and no others', () => {
    expect(readSettings({ Rds2AuroraMinCapacity: '0.5', Rds2AuroraOther: 'x', MinCapacity: '9' })).toEqual({
      MinCapacity: '0.5',
    });
  });
});
