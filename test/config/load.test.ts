import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig, type LoadOptions } from '../../src/config/load.js';
import { ConfigError } from '../../src/errors.js';

const good = `
name: production-rag
region: us-east-1
source: {instance: production-rag-db, database: ragdb, user: raguser, secret: production-rag-db-password}
target:
  cluster: production-rag-cluster
  instance: production-rag-instance
  capacity: {min: 0.5, max: 2}
  deploy:
    template: infrastructure/aurora.yaml
`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rds2aurora-config-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function load(text: string, options: Partial<LoadOptions> = {}) {
  await writeFile(join(folder, 'rds2aurora.yaml'), text);
  return loadConfig({ cwd: folder, env: {}, ...options });
}

async function problemsOf(
  text: string | Buffer,
  options: Partial<LoadOptions> = {},
): Promise<readonly string[]> {
  await writeFile(join(folder, 'rds2aurora.yaml'), text);
  const error = await refusalOf(options);
  return error.problems;
}

async function refusalOf(options: Partial<LoadOptions> = {}): Promise<ConfigError> {
  const error: unknown = await loadConfig({ cwd: folder, env: {}, ...options }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error(`expected a ConfigError, got ${String(error)}`);
  return error;
}

describe('loading the configuration', () => {
  it('fills in defaults and makes paths absolute from the folder of the file', async () => {
    const { config, written, directory } = await load(good);
    expect(config.target.engineVersion).toBe('auto');
    expect(config.poll.seconds).toBe(15);
    expect(directory).toBe(folder);
    expect(config.target.deploy.template).toBe(join(folder, 'infrastructure/aurora.yaml'));
    expect(written.target.deploy.template).toBe('infrastructure/aurora.yaml');
  });

  it('freezes what it returns, all the way down', async () => {
    const { config } = await load(good);
    expect(Object.isFrozen(config.target.capacity)).toBe(true);
    expect(() => Object.assign(config.source, { user: 'other' })).toThrow(TypeError);
  });

  it('takes flags before variables before the file before defaults', async () => {
    const env = {
      RDS2AURORA_REGION: 'eu-west-1',
      RDS2AURORA_TARGET_CAPACITY_MAX: '8',
      RDS2AURORA_POLL_SECONDS: '0.5',
    };
    const { config } = await load(good, { env, flags: { region: 'eu-central-1', name: undefined } });
    expect(config.region).toBe('eu-central-1');
    expect(config.target.capacity).toEqual({ min: 0.5, max: 8 });
    expect(config.poll.seconds).toBe(0.5);
    expect(config.name).toBe('production-rag');
  });

  it('lets a variable make a part that the file does not have', async () => {
    const { config } = await load(good, {
      env: { RDS2AURORA_TLS_CA_FILE: 'ca.pem', RDS2AURORA_TARGET_STACK: 'new' },
    });
    expect(config.tls?.caFile).toBe(join(folder, 'ca.pem'));
    expect(config.target.stack).toBe('new');
  });

  it('treats an empty variable as unset', async () => {
    const { config } = await load(good, { env: { RDS2AURORA_REGION: '' } });
    expect(config.region).toBe('us-east-1');
  });

  it('lists every problem at once with its line, value and expectation', async () => {
    const text = good
      .replace('region: us-east-1', 'region: us-east')
      .replace('max: 2', 'max: 0.7')
      .replace('user: raguser', 'usr: raguser')
      .replace('template: infrastructure/aurora.yaml', 'api: true\n    template: x');
    expect(await problemsOf(text, { env: { RDS2AURORA_POLL_SECONDS: 'soon' } })).toEqual([
      'rds2aurora.yaml:3: region: "us-east" – must be an AWS Region such as us-east-1',
      'rds2aurora.yaml:4: source.user: is missing; expected a string',
      'rds2aurora.yaml:4: source.usr: is not a known setting; did you mean user?',
      'rds2aurora.yaml:8: target.capacity.max: 0.7 – ACU come in steps of 0.5',
      'rds2aurora.yaml:8: target.capacity.max: 0.7 – must be at least 1',
      'rds2aurora.yaml:9: target.deploy: needs exactly one of template, command or api',
      'RDS2AURORA_POLL_SECONDS: poll.seconds: "soon" – expected a number',
    ]);
  });

  it('never shows the value of an unknown setting, which may be a password', async () => {
    const problems = await problemsOf(good.replace('user: raguser', 'user: raguser, password: hunter2'));
    expect(problems).toEqual(['rds2aurora.yaml:4: source.password: is not a known setting']);
  });

  it('asks for quotes where YAML would turn version 17.10 into the number 17.1', async () => {
    const problems = await problemsOf(good.replace('target:', 'target:\n  engineVersion: 17.10'));
    expect(problems).toEqual([
      'rds2aurora.yaml:6: target.engineVersion: 17.1 – expected a string: write it in quotes',
    ]);
  });

  it('exits with the usage code and says that nothing was changed', async () => {
    await writeFile(join(folder, 'rds2aurora.yaml'), 'name: x');
    const error = await refusalOf();
    expect(error).toMatchObject({ exitCode: 2, code: 'InvalidConfig', changed: false });
  });
});

describe('a configuration file that is not what it should be', () => {
  const deep = `a: ${'['.repeat(2_000)}${']'.repeat(2_000)}`;
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]',
    'c: [*b,*b,*b,*b,*b,*b,*b,*b,*b]',
  ];

  it.each([
    ['a duplicate key', `${good}name: twice\n`, /rds2aurora.yaml:11: Map keys must be unique/],
    ['an unknown tag', good.replace('us-east-1', '!Ref Region'), /rds2aurora.yaml:3: Unresolved tag: !Ref/],
    ['broken syntax', 'name: [1,', /rds2aurora.yaml:1: /],
    ['an alias bomb', bomb.join('\n'), /Excessive alias count/],
    ['absurd nesting', deep, /./],
    ['a list at the top', '- name: x', /expected a map of settings/],
    ['nothing', '', /expected a map of settings/],
    ['two documents', `${good}---\nname: x\n`, /multiple documents/],
    ['more than 64 KiB', `# ${'x'.repeat(64 * 1024)}`, /larger than 64 KiB/],
  ])('is refused for %s', async (_, text, expected) => {
    const problems = await problemsOf(text);
    expect(problems.join('\n')).toMatch(expected);
  });

  it('is refused when it is not UTF-8', async () => {
    expect(await problemsOf(Buffer.from([0x6e, 0x3a, 0xff, 0xfe]))).toContain(
      'rds2aurora.yaml: not UTF-8 text',
    );
  });

  it('cannot reach the prototype of objects', async () => {
    const problems = await problemsOf(`${good}__proto__: {polluted: true}\n`);
    expect(problems.join('\n')).toMatch(/__proto__/);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('is named when it is missing, with what to do', async () => {
    const error = await refusalOf();
    expect(error.message).toBe('no configuration file');
    expect(error.next.join()).toContain('--config');
  });

  it('is refused when both names exist', async () => {
    await writeFile(join(folder, 'rds2aurora.yml'), good);
    expect(await problemsOf(good)).toEqual([`both rds2aurora.yaml and rds2aurora.yml exist in ${folder}`]);
  });
});
