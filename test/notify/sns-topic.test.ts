import { SNS } from '@aws-sdk/client-sns';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAwsGateways } from '../../src/aws/aws-gateways.js';
import { createSnsTopic, regionOfTopic } from '../../src/notify/sns-topic.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { connection } from '../sandbox/connection.js';
import { noticeOf } from './notices.js';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
  for (const [name, value] of Object.entries(sandbox.env)) vi.stubEnv(name, value);
});
afterEach(() => {
  sandbox.clearFaults();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await sandbox.stop();
});

const never = new AbortController().signal;

async function makeTopic(Name: string, region = 'us-east-1'): Promise<string> {
  const { TopicArn = '' } = await new SNS(connection(sandbox, undefined, region)).createTopic({ Name });
  return TopicArn;
}

function open(topic: string) {
  const aws = createAwsGateways({ region: regionOfTopic(topic), version: '0.0.0', impatient: true });
  return createSnsTopic(topic, aws.sns);
}

describe('an SNS topic', () => {
  it('gets a subject for mails, the text, what comes next, and attributes to filter by', async () => {
    const topic = await makeTopic('migrations');
    const next = ['rds2aurora status rag-a1b2c3'];
    await open(topic).send(noticeOf({ detail: 'the cluster has failed', next }), never);
    expect(sandbox.published()).toMatchObject([
      {
        topicArn: topic,
        subject: 'rag-a1b2c3: failed',
        message: 'rag-a1b2c3 has failed\nthe cluster has failed\nrds2aurora status rag-a1b2c3',
        attributes: { event: 'failed', name: 'rag', command: 'migrate snapshot', run: 'rag-a1b2c3' },
      },
    ]);
  });

  it('is told in its own Region, whatever that of the database is', async () => {
    const topic = await makeTopic('elsewhere', 'eu-west-1');
    expect(topic).toBe('arn:aws:sns:eu-west-1:123456789012:elsewhere');
    await open(topic).send(noticeOf({ run: null, event: 'waiting' }), never);
    expect(sandbox.published().at(-1)).toMatchObject({ topicArn: topic, subject: 'rag: waiting' });
    expect(sandbox.published().at(-1)?.attributes).not.toHaveProperty('run');
  });

  it('has a subject that SNS takes, however long the name of the run is', async () => {
    const topic = await makeTopic('long');
    await open(topic).send(noticeOf({ run: 'r'.repeat(120) }), never);
    expect(sandbox.published().at(-1)?.subject).toHaveLength(99);
  });

  it.each([
    ['that does not exist', 'arn:aws:sns:us-east-1:123456789012:nowhere', 'Topic does not exist'],
    ['of another account', 'arn:aws:sns:us-east-1:210987654321:theirs', 'not authorized'],
  ])('%s has not been told', async (_which, topic, why) => {
    await expect(open(topic).send(noticeOf(), never)).rejects.toThrow(why);
  });

  it('that does not answer is given up when the time is over', async () => {
    const topic = await makeTopic('silent');
    sandbox.addFault({ service: 'sns', action: 'Publish', kind: 'hang', times: 0 });
    const overdue = new AbortController();
    const sending = open(topic).send(noticeOf(), overdue.signal);
    await vi.waitUntil(
      () => sandbox.calls().some(({ action, status }) => action === 'Publish' && status === 0),
      {
        timeout: 60_000,
      },
    );
    overdue.abort();
    await expect(sending).rejects.toThrow(/abort/i);
  });
});
