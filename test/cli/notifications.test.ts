import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Outcome } from '../../src/cli/base-command.js';
import { notifyFlags } from '../../src/cli/flags.js';
import { MigrationCommand } from '../../src/cli/migration-command.js';
import { notifying } from '../../src/composition/notifications.js';
import { noticeSchema } from '../../src/notify/notice.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { runCommand } from './captured.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-notify-'));
  // The password of the source cannot be read here, and nothing may be asked of a network for it.
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Tells of a run that ends well, and ends when everything is told. */
class Probe extends MigrationCommand<string> {
  static override id = 'migrate:probe';
  static override flags = notifyFlags;

  protected async perform(): Promise<Outcome<string>> {
    const { flags } = await this.parse(Probe);
    return this.withSession(flags, (given) => {
      const { emit } = notifying(given);
      const at = '2026-11-24T05:00:00.000Z';
      emit({
        at,
        elapsedMs: 0,
        type: 'run-started',
        run: 'rag-a1b2c3',
        path: 'snapshot',
        resumed: false,
        steps: [],
      });
      emit({ at, elapsedMs: 9, type: 'run-finished', outcome: 'done', exitCode: 0 });
      return Promise.resolve({ result: 'moved', text: () => 'moved' });
    });
  }
}

/** A local AWS, which the command is pointed at as a user would. */
async function openTopic(): Promise<{ sandbox: Sandbox; topic: string }> {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.stop());
  for (const [name, value] of Object.entries(sandbox.env)) vi.stubEnv(name, value);
  const { TopicArn } = await sandbox.call('sns', 'CreateTopic', { Name: 'migrations' });
  return { sandbox, topic: String(TopicArn) };
}

async function runProbe(notify: string, ...argv: string[]) {
  await writeFile(
    join(folder, 'rds2aurora.yaml'),
    [
      'name: rag',
      'region: us-east-1',
      'source: {instance: rag-db, database: ragdb, user: raguser, secret: rag-secret}',
      'target: {cluster: rag-cluster, instance: rag-writer, deploy: {api: true}}',
      notify,
    ].join('\n'),
  );
  return runCommand(Probe, [...argv, '--config', join(folder, 'rds2aurora.yaml')]);
}

describe('a command whose run is told to people', () => {
  it('ends when the last of them is told', async () => {
    await writeFile(
      join(folder, 'hook.mjs'),
      `import { appendFileSync, readFileSync } from 'node:fs';
       appendFileSync('told.ndjson', readFileSync(0, 'utf8'));`,
    );
    const { stdout, exitCode } = await runProbe(`notify: {exec: [${process.execPath}, hook.mjs]}`);
    expect([stdout, exitCode]).toEqual(['moved\n', 0]);
    const lines = (await readFile(join(folder, 'told.ndjson'), 'utf8')).trimEnd().split('\n');
    const told = lines.map((line) => noticeSchema.parse(JSON.parse(line)));
    expect(told.map(({ event, command }) => [event, command])).toEqual([
      ['started', 'migrate probe'],
      ['finished', 'migrate probe'],
    ]);
  });

  it('ends as it would have when nobody can be told, and says so', async () => {
    const webhook = 'https://127.0.0.1:1/services/T0/B0/tOkEn';
    const { stdout, stderr, exitCode } = await runProbe('', '--notify', webhook);
    expect([stdout, exitCode]).toEqual(['moved\n', 0]);
    expect(stderr).toContain('nobody was told by webhook: ');
    const events = await readFile(join(folder, '.rds2aurora/runs/rag-a1b2c3/events.ndjson'), 'utf8');
    expect(events.match(/"type":"notification-failed","channel":"webhook"/g)).toHaveLength(2);
    expect(stderr + events).not.toContain('tOkEn');
  });

  it.each([
    ['in the configuration', (topic: string) => [`notify: {sns: '${topic}'}`]],
    ['on the command line', (topic: string) => ['', '--notify', topic]],
  ])('tells an SNS topic that is named %s', async (_where, words) => {
    const { sandbox, topic } = await openTopic();
    const [notify = '', ...argv] = words(topic);
    const { stdout, stderr, exitCode } = await runProbe(notify, ...argv);
    expect([stdout, exitCode]).toEqual(['moved\n', 0]);
    expect(stderr).not.toContain('nobody was told');
    expect(sandbox.published().map(({ subject, topicArn }) => [subject, topicArn])).toEqual([
      ['rag-a1b2c3: started', topic],
      ['rag-a1b2c3: finished', topic],
    ]);
  });

  it('ends as it would have when the topic is gone, and says so', async () => {
    const { topic } = await openTopic();
    const { stdout, stderr, exitCode } = await runProbe(`notify: {sns: '${topic}-gone'}`);
    expect([stdout, exitCode]).toEqual(['moved\n', 0]);
    expect(stderr).toContain('nobody was told by sns: ');
    expect(stderr).toContain('Topic does not exist');
  });

  it.each(['arn:aws:sqs:us-east-1:123456789012:queue', 'arn:aws:sns:us-east-1:123456789012:first.fifo'])(
    'is refused an ARN that is not of a standard topic: %s',
    async (arn) => {
      const { stderr, exitCode } = await runProbe('', '--notify', arn);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`--notify: notify.sns: "${arn}"`);
      expect(stderr).toContain('must be the ARN of a standard topic');
    },
  );

  it.each(['http://127.0.0.1:8080/tOkEn', 'ftp://example.com/tOkEn', 'tOkEn'])(
    'is refused an address that is not https, which is not shown: %s',
    async (url) => {
      const { stderr, exitCode } = await runProbe('', '--notify', url);
      expect([exitCode, stderr.includes('tOkEn')]).toEqual([2, false]);
      expect(stderr).toContain('--notify: notify.webhook: must be an https address');
    },
  );
});
