import { describe, expect, it } from 'vitest';
import { restorePolicies, retainResources } from '../../src/aws/retain-policies.js';
import { closureOf, readTemplate } from '../../src/aws/stack-template.js';

const yaml = `AWSTemplateFormatVersion: '2010-09-09'
# The database
Parameters:
  Environment: {Type: String, Default: production}
  VpcStack:
    Type: String
Resources:
  Password:
    Type: AWS::SecretsManager::Secret
    DeletionPolicy: Delete # for now
    Properties:
      Name: !Sub '\${Environment}-password'

  Subnets:
    Type: AWS::RDS::DBSubnetGroup
    Properties:
      SubnetIds: !Split [',', {'Fn::ImportValue': !Sub '\${VpcStack}-subnets'}]
  Firewall:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: database}
  Database:
    # the source
    Type: AWS::RDS::DBInstance
    DependsOn: [Log]
    Properties:
      DBSubnetGroupName: !Ref Subnets
      VPCSecurityGroups: [!GetAtt Firewall.GroupId]
      MasterUserPassword: !Sub '{{resolve:secretsmanager:\${Password}:SecretString:password}}'
  Attachment:
    Type: AWS::SecretsManager::SecretTargetAttachment
    Properties: {SecretId: !Ref Password, TargetId: !Ref Database, TargetType: AWS::RDS::DBInstance}
  Log:
    Type: AWS::Logs::LogGroup
  Other:
    Type: AWS::SSM::Parameter
    Properties: {Value: !GetAtt Database.Endpoint.Address}
Outputs:
  RDSEndpoint: {Value: !GetAtt Database.Endpoint.Address}
`;
const json = JSON.stringify(
  {
    Resources: {
      Database: {
        Type: 'AWS::RDS::DBInstance',
        DeletionPolicy: 'Snapshot',
        Metadata: { Owner: 'us' },
        Properties: { VPCSecurityGroups: [{ 'Fn::GetAtt': ['Firewall', 'GroupId'] }] },
      },
      Firewall: { Type: 'AWS::EC2::SecurityGroup', Properties: {} },
    },
  },
  null,
  2,
);
const retained = ['Password', 'Subnets', 'Firewall', 'Database', 'Attachment', 'Log'];
const marked = { logicalId: 'Database', value: 'run-1' };

describe('reading a template', () => {
  it('knows types, policies, parameters, outputs and references in both spellings', () => {
    const template = readTemplate(yaml);
    expect(template.resources.find((one) => one.logicalId === 'Database')).toEqual({
      logicalId: 'Database',
      type: 'AWS::RDS::DBInstance',
      deletionPolicy: undefined,
      updateReplacePolicy: undefined,
      references: ['Log', 'Subnets', 'Firewall', 'Password'],
    });
    expect(template.parameters).toEqual([
      { name: 'Environment', hasDefault: true },
      { name: 'VpcStack', hasDefault: false },
    ]);
    expect(template.outputs).toEqual(['RDSEndpoint']);
    expect(readTemplate(json).resources[0]?.references).toEqual(['Firewall']);
  });

  it('finds all that must outlive the stack with the instance, and nothing that merely uses it', () => {
    expect(closureOf(readTemplate(yaml), ['Database', 'Password'])).toEqual(retained);
  });

  it.each(['', '[]', 'Resources: [', 'A: 1'])('refuses %j', (text) => {
    expect(() => readTemplate(text)).toThrow(
      expect.objectContaining({ code: 'TemplateUnreadable', exitCode: 10 }) as Error,
    );
  });
});

describe('retaining resources in a template', () => {
  it('adds lines to YAML and moves nothing else', () => {
    const { text, changes } = retainResources(yaml, retained, marked);
    const added = text.split('\n').filter((line) => !yaml.split('\n').includes(line));
    expect(new Set(added.map((line) => line.trim()))).toEqual(
      new Set([
        'DeletionPolicy: Retain # for now',
        'DeletionPolicy: Retain',
        'UpdateReplacePolicy: Retain',
        'Metadata: {Rds2AuroraRetained: "run-1"}',
      ]),
    );
    expect(changes).toContainEqual({ logicalId: 'Password', attribute: 'DeletionPolicy', before: 'Delete' });
    const after = readTemplate(text);
    for (const id of retained)
      expect(after.resources.find((one) => one.logicalId === id)).toMatchObject({
        deletionPolicy: 'Retain',
        updateReplacePolicy: 'Retain',
      });
    expect(after.resources.find((one) => one.logicalId === 'Other')?.deletionPolicy).toBeUndefined();
  });

  it('edits JSON in its own syntax', () => {
    const { text } = retainResources(json, ['Database', 'Firewall'], marked);
    const parsed = JSON.parse(text) as { Resources: { Database: unknown; Firewall: unknown } };
    expect(parsed.Resources.Database).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Metadata: { Owner: 'us', Rds2AuroraRetained: 'run-1' },
    });
    expect(parsed.Resources.Firewall).toMatchObject({ DeletionPolicy: 'Retain', Properties: {} });
  });

  it.each([
    ['YAML', yaml, retained],
    ['JSON', json, ['Database', 'Firewall']],
  ])('is taken back to the letter in %s', (_name, text, ids) => {
    const edited = retainResources(text, ids, marked);
    expect(edited.text).not.toBe(text);
    expect(restorePolicies(edited.text, edited.changes)).toBe(text);
  });

  it('changes nothing the second time', () => {
    const once = retainResources(yaml, retained, marked);
    expect(retainResources(once.text, retained, marked)).toEqual({ text: once.text, changes: [] });
  });

  it('refuses a computed policy', () => {
    const computed =
      'Resources:\n  A:\n    Type: AWS::RDS::DBInstance\n    DeletionPolicy: !If [X, Delete, Retain]\n';
    expect(() => retainResources(computed, ['A'], { logicalId: 'A', value: 'r' })).toThrow(
      expect.objectContaining({ code: 'TemplateNotEditable' }) as Error,
    );
  });
});
