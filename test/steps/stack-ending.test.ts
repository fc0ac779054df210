import { describe, expect, test } from 'vitest';
import { readTemplate } from '../../src/aws/stack-template.js';
import { judgeStackEnding, type OwningStack } from '../../src/steps/stack-ending.js';

const database = `Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
  Source:
    Type: AWS::RDS::DBInstance
  Attachment:
    Type: AWS::SecretsManager::SecretTargetAttachment
    Properties: {SecretId: !Ref Secret, TargetId: !Ref Source}
  Subnets:
    Type: AWS::RDS::DBSubnetGroup
  Firewall:
    Type: AWS::EC2::SecurityGroup
`;

function judge(template: string, more: Partial<OwningStack> = {}) {
  const read = readTemplate(template);
  return judgeStackEnding({
    template: read,
    resources: read.resources.map(({ logicalId, type }) => ({
      ...{ logicalId, type, status: 'CREATE_COMPLETE' },
      physicalId: `the-${logicalId}`,
    })),
    source: 'Source',
    secretArn: 'the-Secret',
    target: { subnetGroup: 'other', securityGroups: ['sg'], parameterGroup: 'p' },
    terminationProtection: false,
    imports: [],
    ...more,
  });
}

describe('what becomes of the stack that owns the source', () => {
  test('one that serves the source alone goes, but for the secret and its attachment', () => {
    expect(judge(database)).toEqual({ ending: 'stack', keep: ['Secret', 'Attachment'], stays: [] });
  });

  test('an attachment to the source is kept even when the secret belongs to nobody here', () => {
    expect(judge(database, { secretArn: undefined })).toMatchObject({
      keep: ['Attachment'],
      stays: ['it owns Secret (AWS::SecretsManager::Secret)'],
    });
  });

  test.each([
    [
      'an application',
      '  Service:\n    Type: AWS::ECS::Service\n',
      {},
      'it owns Service (AWS::ECS::Service)',
    ],
    [
      'another database',
      '  Other:\n    Type: AWS::RDS::DBInstance\n',
      {},
      'it owns Other (AWS::RDS::DBInstance)',
    ],
    [
      'a subnet group that the cluster uses',
      '',
      { target: { subnetGroup: 'the-Subnets', securityGroups: [], parameterGroup: 'p' } },
      'the Aurora cluster uses Subnets (the-Subnets)',
    ],
    [
      'a security group that the cluster uses',
      '',
      { target: { subnetGroup: 'x', securityGroups: ['the-Firewall'], parameterGroup: 'p' } },
      'the Aurora cluster uses Firewall (the-Firewall)',
    ],
    ['termination protection', '', { terminationProtection: true }, 'it has termination protection'],
    ['an export in use', '', { imports: ['endpoint by reader'] }, 'its export endpoint by reader is in use'],
  ])('it stays with %s', (_what, resources, more, reason) => {
    expect(judge(`${database}${resources}`, more)).toMatchObject({ ending: 'instance', stays: [reason] });
  });

  test('it stays when its template retains the source, which would live on outside of it', () => {
    const retained = database.replace('DBInstance\n', 'DBInstance\n    DeletionPolicy: Retain\n');
    expect(judge(retained)).toMatchObject({
      ending: 'instance',
      stays: ['its template says Retain for the source'],
    });
  });

  test('what the template retains keeps no stack alive', () => {
    const bucket = '  Bucket:\n    Type: AWS::S3::Bucket\n    DeletionPolicy: Retain\n';
    expect(judge(`${database}${bucket}`).ending).toBe('stack');
  });
});
