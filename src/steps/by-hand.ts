import type { RunFiles } from '../process/run-files.js';
import type { ServerRef } from './refs.js';

/** One word of a command, as a shell has to be given it. */
export function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A name in SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in SQL. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** One call of psql, which asks for the password where no PGPASSWORD or passfile has it; ends at the first error. */
export function psql(
  { host, port, user, database }: Pick<ServerRef, 'host' | 'port' | 'user' | 'database'>,
  ...statements: readonly string[]
): string {
  const where = ['-h', host, '-p', String(port), '-U', user, '-d', database].map(word).join(' ');
  const what = statements.map((statement) => `-c ${word(statement)}`).join(' ');
  return `psql -v ON_ERROR_STOP=1 ${where} ${what}`;
}

/** Gives `default_transaction_read_only` of a database another value; null takes it away. */
export function noteReadOnly(server: ServerRef, value: string | null): string {
  const alter = `ALTER DATABASE ${sqlName(server.database)}`;
  // A session takes the old value of its database; it can choose otherwise for itself.
  return psql(
    server,
    'SET default_transaction_read_only = off',
    value === null
      ? `${alter} RESET default_transaction_read_only`
      : `${alter} SET default_transaction_read_only = ${sqlText(value)}`,
  );
}

/**
 * Deletes a stack and waits for the end.
 * @param cluster that it may have come to make; CloudFormation fails on one that is protected
 */
export function noteStackDeletion(stack: string, cluster?: string): string[] {
  return [
    ...(cluster === undefined ? [] : [noteProtectionLiftOfAny(cluster)]),
    `aws cloudformation delete-stack --stack-name ${word(stack)}`,
    `aws cloudformation wait stack-delete-complete --stack-name ${word(stack)}`,
  ];
}

export function noteProtectionLift(cluster: string): string {
  return `aws rds modify-db-cluster --db-cluster-identifier ${word(cluster)} --no-deletion-protection --apply-immediately`;
}

function noteProtectionLiftOfAny(cluster: string): string {
  const find = `aws rds describe-db-clusters --db-cluster-identifier ${word(cluster)}`;
  return `if ${find} > /dev/null 2>&1; then ${noteProtectionLift(cluster)}; fi`;
}

export function noteInstanceDeletion(instance: string): string[] {
  return [
    `aws rds delete-db-instance --db-instance-identifier ${word(instance)} --skip-final-snapshot`,
    `aws rds wait db-instance-deleted --db-instance-identifier ${word(instance)}`,
  ];
}

/** Moves AWSCURRENT of a secret from the version that has it to another one, unless that has it already. */
export function noteCurrentVersion(secret: string, version: string): string {
  const id = word(secret);
  const current = `aws secretsmanager get-secret-value --secret-id ${id} --query VersionId --output text`;
  return `[ "$(${current})" = ${word(version)} ] || aws secretsmanager update-secret-version-stage --secret-id ${id} --version-stage AWSCURRENT --move-to-version-id ${word(version)} --remove-from-version-id "$(${current})"`;
}

/** An update of a stack by what lies in a file of `writeStackInput`, to its end. */
export function noteStackUpdate(stack: string, file: string): string[] {
  return [
    `aws cloudformation update-stack --cli-input-json ${word(`file://${file}`)}`,
    `aws cloudformation wait stack-update-complete --stack-name ${word(stack)}`,
  ];
}

/** A stack as `create-stack` and `update-stack` take it. */
export interface StackInput {
  readonly stack: string;
  readonly template: string;
  /** Values; undefined keeps the one that the stack has. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly capabilities: readonly string[];
  /** Left out: the stack keeps its tags, which `aws cloudformation deploy` would take away. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly roleArn?: string | null;
  readonly notificationArns?: readonly string[];
  /** For `create-change-set`. */
  readonly changeSet?: { readonly name: string; readonly type: 'IMPORT' };
}

/** Writes a file of the run's folder for `--cli-input-json`, so that a person need not edit a template. */
export async function writeStackInput(files: RunFiles, name: string, input: StackInput): Promise<void> {
  const {
    stack,
    template,
    parameters,
    capabilities,
    tags,
    roleArn,
    notificationArns = [],
    changeSet,
  } = input;
  await writeInput(files, name, {
    StackName: stack,
    TemplateBody: template,
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) =>
      ParameterValue === undefined
        ? { ParameterKey, UsePreviousValue: true }
        : { ParameterKey, ParameterValue },
    ),
    Capabilities: capabilities,
    ...(tags === undefined ? {} : { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
    ...(changeSet === undefined ? {} : { ChangeSetName: changeSet.name, ChangeSetType: changeSet.type }),
    ...(roleArn == null ? {} : { RoleARN: roleArn }),
    ...(notificationArns.length === 0 ? {} : { NotificationARNs: notificationArns }),
  });
}

/** Of any call. */
export async function writeInput(files: RunFiles, name: string, input: object): Promise<void> {
  await files.write(name, `${JSON.stringify(input, null, 2)}\n`);
}
