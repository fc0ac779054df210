import { expect, test } from 'vitest';
import { FakeCloud, first, list, parameter } from './fake-cloud.js';

const given = (ParameterValue: string) => ({ Parameters: [{ ParameterKey: 'X', ParameterValue }] });
const template = (declaration: object) => ({
  Parameters: { X: declaration },
  Resources: { A: parameter('/a', { Ref: 'X' }) },
});

test.each([
  [{ Type: 'String', AllowedValues: ['a', 'b'] }, 'c', "Parameter 'X' must be one of AllowedValues"],
  [{ Type: 'String', AllowedPattern: '[a-z]+' }, 'abc1', "Parameter 'X' must match pattern [a-z]+"],
  [
    { Type: 'String', AllowedPattern: '[a-z]+', ConstraintDescription: 'letters' },
    '1',
    'Parameter X failed to satisfy constraint: letters',
  ],
  [{ Type: 'String', MinLength: 3 }, 'ab', "Parameter 'X' must contain at least 3 characters"],
  [{ Type: 'String', MaxLength: '1' }, 'ab', "Parameter 'X' must contain at most 1 characters"],
  [{ Type: 'Number' }, 'many', "Parameter 'X' must be a number"],
  [{ Type: 'Number', MinValue: 2 }, '1', "Parameter 'X' must be a number not less than 2"],
  [{ Type: 'List<Number>', MaxValue: 5 }, '1,6', "Parameter 'X' must be a number not greater than 5"],
  [
    { Type: 'AWS::SSM::Parameter::Value<String>' },
    '/none',
    'Unable to fetch parameters [/none] from parameter store',
  ],
])('%j refuses %s: %s', async (declaration, value, message) => {
  await expect(new FakeCloud().create('s', template(declaration), given(value))).rejects.toThrow(message);
});

test('missing and unknown parameters are named', async () => {
  const cloud = new FakeCloud();
  await expect(cloud.create('s', template({ Type: 'String' }))).rejects.toThrow(
    'Parameters: [X] must have values',
  );
  await expect(cloud.create('s', { Resources: { A: parameter('/a', 'x') } }, given('v'))).rejects.toThrow(
    'Parameters: [X] do not exist in the template',
  );
});

test('a NoEcho value is shown as asterisks everywhere', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', template({ Type: 'String', NoEcho: true }), given('hunter2'));
  expect(cloud.parameters.get('/a')).toBe('hunter2');
  const everything = JSON.stringify([
    await cloud.stack('s'),
    await cloud.cfn('DescribeStackEvents', { StackName: 's' }),
  ]);
  expect(everything).not.toContain('hunter2');
  expect(everything).toContain('****');
});

test('an omitted parameter falls back to the default of the template, not to the previous value', async () => {
  const cloud = new FakeCloud();
  await cloud.create('s', template({ Type: 'String', Default: 'first' }), given('second'));
  await cloud.update('s', template({ Type: 'String', Default: 'first' }));
  expect(cloud.parameters.get('/a')).toBe('first');
});

test('UsePreviousValue keeps a value, and needs one to keep', async () => {
  const cloud = new FakeCloud();
  const previous = (key: string) => ({ Parameters: [{ ParameterKey: key, UsePreviousValue: 'true' }] });
  await cloud.create('s', template({ Type: 'String' }), given('kept'));
  const twice = {
    Parameters: { X: { Type: 'String' } },
    Resources: { A: parameter('/a', { 'Fn::Sub': '${X}${X}' }) },
  };
  await cloud.update('s', twice, previous('X'));
  expect(cloud.parameters.get('/a')).toBe('keptkept');
  const other = { Parameters: { Y: { Type: 'String' } }, Resources: { A: parameter('/a', { Ref: 'Y' }) } };
  await expect(cloud.update('s', other, previous('Y'))).rejects.toThrow('not in the previous template');
});

test('a parameter of Parameter Store shows both its name and its value', async () => {
  const cloud = new FakeCloud();
  cloud.parameters.set('/image', 'app:1');
  await cloud.create('s', template({ Type: 'AWS::SSM::Parameter::Value<String>' }), given('/image'));
  expect(cloud.parameters.get('/a')).toBe('app:1');
  expect(first((await cloud.stack('s'))['Parameters'])).toEqual({
    ParameterKey: 'X',
    ParameterValue: '/image',
    ResolvedValue: 'app:1',
  });
});

test('a VPC that does not exist is refused before anything is made', async () => {
  const cloud = new FakeCloud();
  cloud.overrides.set('ec2:DescribeVpcs', () => ({ Vpcs: [] }));
  await expect(cloud.create('s', template({ Type: 'AWS::EC2::VPC::Id' }), given('vpc-1'))).rejects.toThrow(
    'parameter value vpc-1 for parameter name X does not exist',
  );
  expect(list((await cloud.cfn('DescribeStacks', {}))['Stacks'])).toEqual([]);
});

test('lists can be joined and taken apart', async () => {
  const cloud = new FakeCloud();
  const Resources = { A: parameter('/a', { 'Fn::Join': ['+', { Ref: 'X' }] }) };
  await cloud.create('s', { Parameters: { X: { Type: 'CommaDelimitedList' } }, Resources }, given('1, 2,3'));
  expect(cloud.parameters.get('/a')).toBe('1+2+3');
});
