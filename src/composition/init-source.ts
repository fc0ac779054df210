import type { ListedSecret, ListedService } from '../aws/account-survey.js';
import type { StackResource } from '../aws/cloudformation-stacks.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { SecretConnection } from '../aws/secret-document.js';
import { MigrationError, PreconditionError } from '../errors.js';
import { orRemark, type ChosenSecret, type Survey } from './init-survey.js';

export interface ChosenSource {
  readonly instance: DbInstance;
  /** Undefined when no stack owns it, or none that may be looked at. */
  readonly stack: { readonly name: string; readonly resources: readonly StackResource[] } | undefined;
}

/** CloudFormation puts it on what it makes, and leaves it on what it retains. */
const stackTag = 'aws:cloudformation:stack-name';
/** Each look at a secret is on the record of the account: only those that are likely are looked at. */
const mostLooks = 12;

/** The instance that is to be moved, and the stack that owns it. */
export async function chooseSource(survey: Survey): Promise<ChosenSource> {
  const { aws, wishes, choose, remark } = survey;
  const { account } = await aws.sts.getCaller();
  const instances = await aws.survey.listPostgresInstances();
  if (instances.length === 0) throw nothingToMove(account);
  const chosen = await choose({
    ...{ what: 'DB instance to move', flag: '--instance', given: wishes.instance },
    offers: instances.map(({ identifier, engineVersion, instanceClass, status }) => ({
      value: identifier,
      label: `${identifier}, PostgreSQL ${engineVersion}, ${instanceClass}, ${status}`,
    })),
    preferred: undefined,
  });
  const instance = instances.find(({ identifier }) => identifier === chosen.toLowerCase());
  if (instance === undefined) throw noInstance(chosen, account, instances);
  if (instance.managedSecretArn !== undefined)
    remark(
      `RDS itself manages the password of ${instance.identifier}: give the application a secret of its own before the move.`,
    );
  return { instance, stack: await findStack(survey, instance) };
}

async function findStack(survey: Survey, instance: DbInstance): Promise<ChosenSource['stack']> {
  const { aws, wishes, remark } = survey;
  const name = wishes.stack ?? instance.tags[stackTag];
  if (name === undefined) return undefined;
  const resources = await orRemark(survey, `The stack ${name} could not be read`, undefined, async () =>
    (await aws.cloudFormation.findStack(name)) === undefined
      ? undefined
      : aws.cloudFormation.listResources(name),
  );
  const owns = resources?.some(
    ({ type, physicalId, status }) =>
      type === 'AWS::RDS::DBInstance' &&
      physicalId.toLowerCase() === instance.identifier &&
      status !== 'DELETE_COMPLETE',
  );
  if (owns === true && resources !== undefined) return { name, resources };
  if (wishes.stack !== undefined)
    throw new PreconditionError('StackOwnsNothing', `the stack ${name} does not own ${instance.identifier}`, {
      next: ['leave --stack out: the stack is found by the tag that CloudFormation gives the instance'],
      changed: false,
    });
  remark(`${instance.identifier} carries the tag of the stack ${name}, which does not own it (any more).`);
  return undefined;
}

/** The secret by which the application finds the source, with the user and the database it names. */
export async function chooseSecret(
  survey: Survey,
  source: ChosenSource,
  services: readonly ListedService[],
): Promise<ChosenSecret> {
  const { aws, wishes, choose } = survey;
  const { instance } = source;
  const all = await orRemark(survey, 'Secrets could not be listed', [], () => aws.survey.listSecrets());
  const likely = all.filter((secret) => isLikely(secret, source, services)).slice(0, mostLooks);
  const looked: { readonly secret: ListedSecret; readonly connection: SecretConnection }[] = [];
  for (const secret of likely) {
    const connection = await lookAt(survey, secret.arn);
    if (connection !== undefined) looked.push({ secret, connection });
  }
  const pointing = looked.filter(({ connection }) => pointsAt(connection, instance));
  const usable = looked.filter(({ connection: { user } }) => user === instance.masterUser);
  const [only, second] = pointing.length > 0 ? pointing : usable;
  const chosen = await choose({
    ...{ what: 'Secret with its address and password', flag: '--secret', given: wishes.secret },
    offers: offersOf(all, looked, pointing),
    preferred: second === undefined ? only?.secret.name : undefined,
  });
  const found = all.find(({ arn, name }) => arn === chosen || name === chosen);
  const known = looked.find(({ secret }) => secret === found)?.connection;
  const connection = known ?? (await lookAt(survey, found?.arn ?? chosen));
  const database = await chooseDatabase(survey, instance, connection);
  return { id: chosen, arn: found?.arn, ...database };
}

function offersOf(
  all: readonly ListedSecret[],
  looked: readonly { readonly secret: ListedSecret }[],
  pointing: readonly { readonly secret: ListedSecret }[],
) {
  const names = (list: readonly { readonly secret: ListedSecret }[]) => list.map(({ secret }) => secret.name);
  const first = names(pointing);
  const next = names(looked).filter((name) => !first.includes(name));
  const rest = all.map(({ name }) => name).filter((name) => !first.includes(name) && !next.includes(name));
  return [
    ...first.map((name) => ({ value: name, label: `${name}, points at the instance` })),
    ...next.map((name) => ({ value: name, label: `${name}, a database secret` })),
    ...(first.length + next.length > 0 ? [] : rest.map((name) => ({ value: name, label: name }))),
  ];
}

async function chooseDatabase(
  { wishes, choose }: Survey,
  instance: DbInstance,
  connection: SecretConnection | undefined,
): Promise<{ readonly database: string; readonly user: string }> {
  const database = await choose({
    ...{ what: 'Database to move', flag: '--database', given: wishes.database, offers: [] },
    preferred: connection?.database ?? instance.database,
  });
  const user = await choose({
    ...{ what: 'Master user', flag: '--user', given: wishes.user ?? instance.masterUser, offers: [] },
    preferred: connection?.user,
  });
  return { database, user };
}

/** Made by the same stack, given to a container, or named like the instance. */
function isLikely(
  { arn, name }: ListedSecret,
  { instance, stack }: ChosenSource,
  services: readonly ListedService[],
): boolean {
  return (
    arn === instance.managedSecretArn ||
    name.includes(instance.identifier) ||
    (stack?.resources.some(({ physicalId }) => physicalId === arn) ?? false) ||
    services.some(({ secrets }) => secrets.some((from) => from.startsWith(arn)))
  );
}

function pointsAt({ host, instanceIdentifier }: SecretConnection, instance: DbInstance): boolean {
  return (
    (host !== undefined && host === instance.endpoint?.address) ||
    instanceIdentifier?.toLowerCase() === instance.identifier
  );
}

/** Undefined for what is no database secret, and for what may not be read. */
async function lookAt({ aws }: Survey, secret: string): Promise<SecretConnection | undefined> {
  try {
    return await aws.secrets.readConnection(secret);
  } catch (error) {
    if (error instanceof MigrationError) return undefined;
    throw error;
  }
}

function nothingToMove(account: string): PreconditionError {
  return new PreconditionError(
    'NothingToMove',
    `there is no RDS for PostgreSQL instance in this Region of account ${account}`,
    { next: ['choose another Region with --region, or other credentials with --profile'], changed: false },
  );
}

function noInstance(given: string, account: string, instances: readonly DbInstance[]): PreconditionError {
  return new PreconditionError(
    'SourceNotFound',
    `account ${account} has no RDS for PostgreSQL instance ${given} in this Region`,
    { why: `It has: ${instances.map(({ identifier }) => identifier).join(', ')}`, changed: false },
  );
}
