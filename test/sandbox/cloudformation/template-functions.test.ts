import { expect, test } from 'vitest';
import { FakeCloud, parameter } from './fake-cloud.js';

/** Creates a stack whose only output is the value, and answers it. */
async function valueOf(yaml: string, head = ''): Promise<string | undefined> {
  const cloud = new FakeCloud();
  cloud.overrides.set('ec2:DescribeAvailabilityZones', () => ({
    AvailabilityZones: [{ ZoneName: 'us-east-1a' }, { ZoneName: 'us-east-1b' }],
  }));
  const resource =
    "  P:\n    Type: AWS::SSM::Parameter\n    Properties: {Name: /p, Type: String, Value: 'a,b,c'}\n";
  const status = await cloud.create(
    's',
    `${head}\nResources:\n${resource}Outputs:\n  Out:\n    Value: ${yaml}\n`,
  );
  if (status !== 'CREATE_COMPLETE') throw new Error((await cloud.events('s')).join('\n'));
  return (await cloud.outputs('s'))['Out'];
}

test.each([
  ['!Ref P', '/p'],
  ['!Ref AWS::Region', 'us-east-1'],
  ['!GetAtt P.Value', 'a,b,c'],
  ['!GetAtt [P, Type]', 'String'],
  ["!Sub '${P} in ${AWS::Region}, ${P.Value}, ${!Literal}'", '/p in us-east-1, a,b,c, ${Literal}'],
  ["!Sub ['${X}-${P}', {X: !Ref AWS::AccountId}]", '123456789012-/p'],
  ["!Join ['-', [a, !Ref P, 3]]", 'a-/p-3'],
  ["!Select [1, !Split [',', !GetAtt P.Value]]", 'b'],
  ["!Select ['0', [x, y]]", 'x'],
  ["!Join [',', !GetAZs '']", 'us-east-1a,us-east-1b'],
  ['!Base64 hello', 'aGVsbG8='],
  ["!Join [' ', !Cidr [10.0.0.0/16, 3, 8]]", '10.0.0.0/24 10.0.1.0/24 10.0.2.0/24'],
  ["!Join [' ', !Cidr ['192.168.1.77/24', 2, '5']]", '192.168.1.0/27 192.168.1.32/27'],
  ['{"Fn::Sub": "${AWS::StackName}"}', 's'],
])('%s is %s', async (yaml, expected) => {
  expect(await valueOf(yaml)).toBe(expected);
});

const conditions = `
Parameters:
  Env: {Type: String, Default: prod}
  Count: {Type: Number, Default: 2}
Mappings:
  Sizes:
    prod: {small: db.t4g.micro, list: [m, n]}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsTwo: !Equals [!Ref Count, 2]
  Both: !And [!Condition IsProd, !Condition IsTwo]
  Neither: !Not [!Or [!Condition IsProd, !Condition IsTwo]]
`;

test.each([
  ['!If [IsProd, yes-it-is, no]', 'yes-it-is'],
  ['!If [Neither, a, !If [Both, b, c]]', 'b'],
  ['!FindInMap [Sizes, !Ref Env, small]', 'db.t4g.micro'],
  ['!Select [1, !FindInMap [Sizes, prod, list]]', 'n'],
  ["!Join ['', [x, !If [Neither, y, !Ref AWS::NoValue], z]]", 'xz'],
])('with conditions, %s is %s', async (yaml, expected) => {
  expect(await valueOf(yaml, conditions)).toBe(expected);
});

test.each([
  ['!Select [9, [a, b]]', 'Fn::Select cannot select nonexistent value at index 9'],
  ['!FindInMap [Sizes, prod, huge]', 'Unable to get mapping for Sizes::prod::huge'],
  ['!Cidr [10.0.0.0/24, 3, 8]', 'cannot hold 3 blocks'],
  ["!Sub '${P.Value} ${Missing}'", 'Unresolved resource dependencies [Missing]'],
  ['!GetAtt P.Nothing', 'does not support attribute type Nothing'],
  ['!ImportValue nothing', 'No export named nothing found.'],
])('%s fails: %s', async (yaml, message) => {
  await expect(valueOf(yaml, conditions)).rejects.toThrow(message);
});

test.each([
  ['a: [', 'YAML not well-formed'],
  ['{"Resources": {', 'JSON not well-formed'],
  ['Resources: {A: {Type: AWS::SSM::Parameter}, A: {Type: x}}', 'unique'],
  ['Resources: {A: !Mystery x}', 'Unresolved tag'],
  ['x: &a [1]\nResources: *a', 'aliases are not allowed'],
  ['Resources: {}', 'At least one Resources member must be defined'],
  ['Resources: {A: {Type: T}}\nExtras: {}', 'Invalid template property or properties [Extras]'],
  ['Resources: {A: {Type: T, Colour: red}}', "Invalid template resource property 'Colour'"],
  ['Resources: {A: {Type: T, DependsOn: B}}', 'Unresolved resource dependencies [B]'],
  ['Resources: {A: {Type: T, Condition: C}}', 'Unresolved condition dependency C'],
  ['Resources: {A: {Type: T, DeletionPolicy: Keep}}', 'Unrecognized DeletionPolicy Keep'],
  ['Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: T}}', 'no Transform'],
  [`# ${'x'.repeat(51_200)}\nResources: {A: {Type: T}}`, 'less than or equal to 51200'],
])('a template that reads %s is refused: %s', async (TemplateBody, message) => {
  const cloud = new FakeCloud();
  await expect(cloud.cfn('ValidateTemplate', { TemplateBody })).rejects.toThrow(message);
});

test('resources that need each other in a circle are refused by name', async () => {
  const cloud = new FakeCloud();
  const Resources = { A: parameter('/a', { Ref: 'B' }), B: parameter('/b', { Ref: 'A' }) };
  await cloud.create('s', { Resources });
  expect((await cloud.events('s')).join()).toContain('Circular dependency between resources: [A, B]');
});

test('a policy Snapshot on a type without snapshots is refused', async () => {
  const cloud = new FakeCloud();
  const Resources = { A: parameter('/a', 'x', { DeletionPolicy: 'Snapshot' }) };
  await expect(cloud.create('s', { Resources })).rejects.toThrow('does not support deletion policy Snapshot');
});

test('YAML keeps what looks like a date as text and reads numbers in quotes as text', async () => {
  const cloud = new FakeCloud();
  await cloud.create(
    's',
    'Resources:\n  A:\n    Type: AWS::SSM::Parameter\n    Properties: {Name: /a, Type: String, Value: 2012-10-17}',
  );
  expect(cloud.parameters.get('/a')).toBe('2012-10-17');
});
