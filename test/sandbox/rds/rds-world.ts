import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { readFile } from 'node:fs/promises';
import { createRdsService } from '../../../src/sandbox/rds/rds-service.js';
import { AwsError, type AwsStruct, type Service } from '../../../src/sandbox/service.js';
import { World } from '../../../src/sandbox/world.js';
import { createWorldClock } from '../../../src/sandbox/world-clock.js';

/** A VPC with subnets in two zones and one security group, as EC2 tells of it. */
const ec2: Service = {
  name: 'ec2',
  protocol: 'ec2',
  namespace: '',
  actions: {
    DescribeSubnets: ({ SubnetIds }) => {
      const all = ['a', 'b'].map((zone) => ({
        SubnetId: `subnet-${zone}`,
        VpcId: 'vpc-1',
        AvailabilityZone: `us-east-1${zone}`,
      }));
      if (!Array.isArray(SubnetIds)) return { Subnets: all };
      const asked: unknown[] = [...SubnetIds];
      if (asked.includes('subnet-none')) throw new AwsError('InvalidSubnetID.NotFound', 'not found');
      return { Subnets: all.filter(({ SubnetId }) => asked.includes(SubnetId)) };
    },
    DescribeSecurityGroups: ({ GroupIds }) => {
      const asked: unknown[] = Array.isArray(GroupIds) ? [...GroupIds] : ['sg-default'];
      if (asked.includes('sg-none')) throw new AwsError('InvalidGroup.NotFound', 'not found');
      return { SecurityGroups: asked.map((id) => ({ GroupId: String(id) })) };
    },
  },
};

/** RDS alone, called in process. */
export class RdsWorld {
  private constructor(
    private readonly directory: string,
    private readonly world: World,
    readonly log: readonly string[],
  ) {}

  static async start(speed = 10_000): Promise<RdsWorld> {
    const directory = await mkdtemp(join(tmpdir(), 'rds2aurora-test-'));
    const log: string[] = [];
    const world = new World({
      accountId: '123456789012',
      region: 'us-east-1',
      directory,
      seed: 1,
      clock: createWorldClock(speed),
      log: (line) => log.push(line),
      createServices: (context) => [createRdsService(context), ec2],
    });
    return new RdsWorld(directory, world, log);
  }

  call(action: string, input: AwsStruct = {}): Promise<AwsStruct> {
    return this.world.home().call('rds', action, input);
  }

  get service(): Service {
    const service = this.world.home().services.get('rds');
    if (!service) throw new Error('no rds');
    return service;
  }

  /** The error code that a call ends with, made by a user: services of AWS itself are held to fewer rules. */
  async refusal(action: string, input: AwsStruct): Promise<{ code: string; message: string }> {
    const arn = 'arn:aws:iam::123456789012:user/engineer';
    try {
      await this.service.actions[action]?.(input, { accountId: '123456789012', region: 'us-east-1', arn });
    } catch (error) {
      if (error instanceof AwsError) return { code: error.code, message: error.message };
      throw error;
    }
    throw new Error(`${action} was not refused`);
  }

  async one(action: string, list: string, input: AwsStruct): Promise<Record<string, unknown>> {
    const answer = await this.call(action, input);
    const items = answer[list];
    if (!Array.isArray(items) || items.length !== 1) throw new Error(`${action} did not answer with one`);
    return items[0] as Record<string, unknown>;
  }

  instance(identifier: string): Promise<Record<string, unknown>> {
    return this.one('DescribeDBInstances', 'DBInstances', { DBInstanceIdentifier: identifier });
  }

  cluster(identifier: string): Promise<Record<string, unknown>> {
    return this.one('DescribeDBClusters', 'DBClusters', { DBClusterIdentifier: identifier });
  }

  /** Looks until `look` gives true; ends with the test's own time limit. */
  async until(look: () => Promise<boolean>): Promise<void> {
    while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async untilInstance(identifier: string, status = 'available'): Promise<Record<string, unknown>> {
    await this.until(async () => (await this.instance(identifier))['DBInstanceStatus'] === status);
    return this.instance(identifier);
  }

  async untilCluster(identifier: string, status = 'available'): Promise<Record<string, unknown>> {
    await this.until(async () => (await this.cluster(identifier))['Status'] === status);
    return this.cluster(identifier);
  }

  /** Looks until the resource is not found any more. */
  async untilGone(action: string, input: AwsStruct): Promise<void> {
    await this.until(async () => {
      const gone = (error: unknown): boolean => error instanceof AwsError && error.code.includes('NotFound');
      return this.call(action, input).then(() => false, gone);
    });
  }

  /** Connects as the master user, verifying the server's certificate. */
  async connect(host: string, changes: object = {}): Promise<Client> {
    const ca = await readFile(join(this.directory, 'ca.pem'), 'utf8');
    const client = new Client({
      host,
      port: 5432,
      user: 'raguser',
      password: 'a-password',
      database: 'ragdb',
      ssl: { ca, host },
      ...changes,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async stop(): Promise<void> {
    await this.world.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

export const sourceInstance: AwsStruct = {
  DBInstanceIdentifier: 'Production-RAG-db',
  DBInstanceClass: 'db.t4g.micro',
  Engine: 'postgres',
  EngineVersion: '17.7',
  AllocatedStorage: '20',
  DBName: 'ragdb',
  MasterUsername: 'raguser',
  MasterUserPassword: 'a-password',
};

export const hostOf = (view: Record<string, unknown>): string =>
  String((view['Endpoint'] as { Address?: string } | undefined)?.Address ?? view['Endpoint']);
