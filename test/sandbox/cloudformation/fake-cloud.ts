import { createCloudFormationService } from '../../../src/sandbox/cloudformation/cloudformation-service.js';
import { plainStruct } from '../../../src/sandbox/plain-value.js';
import { seededRandom } from '../../../src/sandbox/seeded-random.js';
import { AwsError, type AwsStruct, type SandboxContext, type Service } from '../../../src/sandbox/service.js';

type Handler = (input: AwsStruct) => AwsStruct;

/** A call that CloudFormation made to another service. */
export interface FakeCall {
  readonly service: string;
  readonly action: string;
  readonly input: AwsStruct;
}

/** CloudFormation over small in-memory services; time passes as fast as it can. */
export class FakeCloud {
  readonly calls: FakeCall[] = [];
  readonly parameters = new Map<string, string>();
  readonly secrets = new Map<string, string>();
  readonly databases = new Map<string, AwsStruct>();
  /** Answers that replace the ordinary ones, by `service:Action`. */
  readonly overrides = new Map<string, Handler>();
  readonly service: Service;
  private readonly handlers = new Map<string, Handler>();
  private ticks = Date.UTC(2026, 0, 1);

  constructor() {
    this.addParameters();
    this.addSecrets();
    this.addDatabases();
    const context: SandboxContext = {
      region: 'us-east-1',
      accountId: '123456789012',
      clock: { now: () => new Date((this.ticks += 1)), after: async () => tick(), speed: 1000 },
      random: seededRandom(7),
      directory: '/nowhere',
      call: async (service, action, input) => this.answer(service, action, input),
      log: () => undefined,
    };
    this.service = createCloudFormationService(context);
  }

  /** Calls CloudFormation as the HTTP front does. */
  async cfn(action: string, input: AwsStruct): Promise<AwsStruct> {
    const run = this.service.actions[action];
    if (!run) throw new Error(`no action ${action}`);
    return plainStruct(await run(input, { accountId: '123456789012', arn: 'arn', region: 'us-east-1' }));
  }

  /** Waits for a stack to come to rest and answers its status. */
  async settled(stack: string): Promise<string> {
    for (;;) {
      const status = String((await this.stack(stack))['StackStatus']);
      if (!status.endsWith('_IN_PROGRESS') || status === 'REVIEW_IN_PROGRESS') return status;
      await tick();
    }
  }

  async stack(name: string): Promise<AwsStruct> {
    return first((await this.cfn('DescribeStacks', { StackName: name }))['Stacks']);
  }

  /** Creates a stack and waits; its status. */
  async create(name: string, template: unknown, more: AwsStruct = {}): Promise<string> {
    const { StackId } = await this.cfn('CreateStack', {
      StackName: name,
      TemplateBody: textOf(template),
      ...more,
    });
    return this.settled(String(StackId));
  }

  async update(name: string, template: unknown, more: AwsStruct = {}): Promise<string> {
    await this.cfn('UpdateStack', { StackName: name, TemplateBody: textOf(template), ...more });
    return this.settled(name);
  }

  async remove(name: string, more: AwsStruct = {}): Promise<string> {
    const { StackId } = await this.stack(name);
    await this.cfn('DeleteStack', { StackName: name, ...more });
    return this.settled(String(StackId));
  }

  async outputs(name: string): Promise<Record<string, string>> {
    const outputs = list((await this.stack(name))['Outputs']);
    return Object.fromEntries(
      outputs.map((output) => [String(output['OutputKey']), String(output['OutputValue'])]),
    );
  }

  /** `LogicalId STATUS reason`, oldest first. */
  async events(name: string): Promise<string[]> {
    const events = list(
      (await this.cfn('DescribeStackEvents', { StackName: name }))['StackEvents'],
    ).toReversed();
    return events.map((event) =>
      [event['LogicalResourceId'], event['ResourceStatus'], event['ResourceStatusReason'] ?? '']
        .map(String)
        .join(' ')
        .trim(),
    );
  }

  /** The actions of a service that CloudFormation called, in order. */
  actions(service: string): string[] {
    return this.calls.filter((call) => call.service === service).map((call) => call.action);
  }

  private async answer(service: string, action: string, input: AwsStruct): Promise<AwsStruct> {
    this.calls.push({ service, action, input });
    await tick();
    const handler = this.overrides.get(`${service}:${action}`) ?? this.handlers.get(`${service}:${action}`);
    if (!handler) throw new AwsError('InvalidAction', `the fake does not know ${service}:${action}`);
    return handler(input);
  }

  private addParameters(): void {
    const { parameters, handlers } = this;
    const missing = (): never => {
      throw new AwsError('ParameterNotFound', 'no such parameter');
    };
    handlers.set('ssm:PutParameter', (input) => {
      const name = String(input['Name']);
      if (input['Overwrite'] === false && parameters.has(name))
        throw new AwsError('ParameterAlreadyExists', 'The parameter already exists.');
      parameters.set(name, String(input['Value']));
      return {};
    });
    handlers.set('ssm:GetParameter', (input) => {
      const value = parameters.get(String(input['Name'])) ?? missing();
      return { Parameter: { Name: input['Name'], Type: 'String', Value: value } };
    });
    handlers.set('ssm:GetParameters', (input) => ({
      Parameters: texts(input['Names']).flatMap((Name) =>
        parameters.has(Name) ? [{ Name, Value: parameters.get(Name) }] : [],
      ),
    }));
    handlers.set('ssm:DeleteParameter', (input) =>
      parameters.delete(String(input['Name'])) ? {} : missing(),
    );
    handlers.set('ssm:AddTagsToResource', () => ({}));
    handlers.set('ssm:RemoveTagsFromResource', () => ({}));
  }

  private addSecrets(): void {
    const { secrets, handlers } = this;
    const arn = (name: string) =>
      name.startsWith('arn:') ? name : `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-AbCdEf`;
    handlers.set('secretsmanager:GetRandomPassword', (input) => ({
      RandomPassword: 'x'.repeat(Number(input['PasswordLength'] ?? 32)),
    }));
    handlers.set('secretsmanager:CreateSecret', (input) => {
      const key = arn(String(input['Name']));
      if (secrets.has(key))
        throw new AwsError(
          'ResourceExistsException',
          'The operation failed because the secret already exists.',
        );
      secrets.set(key, String(input['SecretString']));
      return { ARN: key };
    });
    handlers.set('secretsmanager:GetSecretValue', (input) => {
      const key = arn(String(input['SecretId']));
      const value = secrets.get(key);
      if (value === undefined)
        throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      return { ARN: key, SecretString: value };
    });
    for (const action of ['PutSecretValue', 'UpdateSecret'])
      handlers.set(`secretsmanager:${action}`, (input) => {
        if (input['SecretString'] !== undefined)
          secrets.set(arn(String(input['SecretId'])), String(input['SecretString']));
        return {};
      });
    handlers.set('secretsmanager:DeleteSecret', (input) => {
      secrets.delete(arn(String(input['SecretId'])));
      return {};
    });
    handlers.set('secretsmanager:TagResource', () => ({}));
    handlers.set('secretsmanager:UntagResource', () => ({}));
  }

  private addDatabases(): void {
    this.addDatabase('DBInstance', 'DBInstanceStatus', 'DBInstances', (id, input) => ({
      Endpoint: { Address: `${id}.local`, Port: Number(input['Port'] ?? 5432) },
      DBName: input['DBName'],
    }));
    this.addDatabase('DBCluster', 'Status', 'DBClusters', (id, input) => ({
      Endpoint: `${id}.cluster.local`,
      Port: Number(input['Port']),
      DatabaseName: input['DatabaseName'],
      DeletionProtection: input['DeletionProtection'],
    }));
    this.handlers.set('rds:AddTagsToResource', () => ({}));
    this.handlers.set('rds:RemoveTagsFromResource', () => ({}));
  }

  private addDatabase(
    kind: string,
    status: string,
    listName: string,
    shape: (id: string, input: AwsStruct) => AwsStruct,
  ): void {
    const { databases, handlers } = this;
    const idOf = (input: AwsStruct) => String(input[`${kind}Identifier`]);
    const describe = (id: string, input: AwsStruct): AwsStruct => ({
      [`${kind}Identifier`]: id,
      [status]: 'available',
      [`${kind}Arn`]: `arn:aws:rds:us-east-1:123456789012:${id}`,
      Engine: input['Engine'],
      ...shape(id, input),
    });
    const create: Handler = (input) => {
      if (databases.has(idOf(input))) throw new AwsError(`${kind}AlreadyExists`, `${kind} already exists`);
      databases.set(idOf(input), { ...input, ...describe(idOf(input), input) });
      return {};
    };
    const known = (input: AwsStruct): AwsStruct => {
      const found = databases.get(idOf(input));
      if (!found) throw new AwsError(`${kind}NotFound`, `${kind} ${idOf(input)} not found.`, 404);
      return found;
    };
    handlers.set(`rds:Create${kind}`, create);
    handlers.set('rds:RestoreDBClusterFromSnapshot', this.handlers.get('rds:CreateDBCluster') ?? create);
    handlers.set(`rds:Describe${listName}`, (input) => ({ [listName]: [known(input)] }));
    handlers.set(`rds:Modify${kind}`, (input) => {
      databases.set(idOf(input), { ...known(input), ...input });
      return {};
    });
    handlers.set(`rds:Delete${kind}`, (input) => {
      known(input);
      databases.delete(idOf(input));
      return {};
    });
  }
}

export async function tick(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

export function list(value: unknown): AwsStruct[] {
  return Array.isArray(value) ? (value as AwsStruct[]) : [];
}

export function first(value: unknown): AwsStruct {
  const [item] = list(value);
  if (!item) throw new Error('empty list');
  return item;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function textOf(template: unknown): string {
  return typeof template === 'string' ? template : JSON.stringify(template);
}

/** A resource that costs nothing: an SSM parameter. */
export function parameter(name: string, value: unknown, more: object = {}): object {
  return { Type: 'AWS::SSM::Parameter', Properties: { Name: name, Type: 'String', Value: value }, ...more };
}
