import { expect, test } from 'vitest';
import { FakeCloud, parameter } from './fake-cloud.js';

test('a stack creates its resources in the order they depend on each other', async () => {
  const cloud = new FakeCloud();
  const Resources = { B: parameter('/b', { 'Fn::Sub': '${A.Value}!' }), A: parameter('/a', 'hello') };
  const status = await cloud.create('s', { Resources, Outputs: { Out: { Value: { Ref: 'B' } } } });
  expect(status).toBe('CREATE_COMPLETE');
  expect(cloud.parameters.get('/b')).toBe('hello!');
  expect(await cloud.outputs('s')).toEqual({ Out: '/b' });
  expect(await cloud.events('s')).toEqual([
    's CREATE_IN_PROGRESS User Initiated',
    'A CREATE_IN_PROGRESS',
    'A CREATE_IN_PROGRESS Resource creation Initiated',
    'A CREATE_COMPLETE',
    'B CREATE_IN_PROGRESS',
    'B CREATE_IN_PROGRESS Resource creation Initiated',
    'B CREATE_COMPLETE',
    's CREATE_COMPLETE',
  ]);
});

test('an unknown resource type fails the stack with a reason that names it, and what stood is deleted', async () => {
  const cloud = new FakeCloud();
  const Resources = { A: parameter('/a', 'x'), Q: { Type: 'AWS::SQS::Queue', DependsOn: 'A' } };
  expect(await cloud.create('s', { Resources })).toBe('ROLLBACK_COMPLETE');
  expect(await cloud.events('s')).toContain(
    'Q CREATE_FAILED The sandbox does not support the resource type AWS::SQS::Queue',
  );
  expect(await cloud.events('s')).toContain(
    's ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Q]. Rollback requested by user.',
  );
  expect(cloud.parameters.size).toBe(0);
});

test('an unknown property fails the resource and says which', async () => {
  const cloud = new FakeCloud();
  const Resources = {
    A: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x', Colour: 'red' } },
  };
  expect(await cloud.create('s', { Resources }, { OnFailure: 'DO_NOTHING' })).toBe('CREATE_FAILED');
  expect(await cloud.events('s')).toContain(
    'A CREATE_FAILED Properties validation failed for resource A with message:\n#: extraneous key [Colour] is not permitted',
  );
});
