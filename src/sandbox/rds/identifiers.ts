import { optionalText, requiredText } from '../services/read-input.js';
import type { AwsStruct } from '../service.js';
import { invalidValue } from './errors.js';

const shape = /^[a-z](?:-?[a-z0-9])*$/;

/** A required text, by RDS's own error. */
export const required = (input: AwsStruct, member: string): string =>
  requiredText(input, member, 'MissingParameter');

/** The identifier of a resource to look up; RDS stores identifiers in lower case and compares them so. */
export const lookupIdentifier = (input: AwsStruct, member: string): string =>
  required(input, member).toLowerCase();

/**
 * The identifier of a resource to make, in lower case. Instances and clusters have up to 63 characters, snapshots and
 * groups 255 (RDS API Reference, the parameter's constraints).
 */
export function newIdentifier(input: AwsStruct, member: string, longest = 63): string {
  const identifier = lookupIdentifier(input, member);
  if (!shape.test(identifier) || identifier.length > longest) {
    throw invalidValue(
      `The parameter ${member} is not a valid identifier. Identifiers must begin with a letter; must contain only ` +
        'ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.',
    );
  }
  return identifier;
}

/**
 * A master password, or undefined. 8 to 128 characters for an instance, 8 to 41 for a cluster (RDS API Reference).
 */
export function masterPassword(input: AwsStruct, longest: number): string | undefined {
  const password = optionalText(input, 'MasterUserPassword');
  if (password === undefined) return undefined;
  const invalid = 'The parameter MasterUserPassword is not a valid password';
  if (password.length < 8) throw invalidValue(`${invalid} because it is shorter than 8 characters.`);
  if (password.length > longest)
    throw invalidValue(`${invalid} because it is longer than ${longest} characters.`);
  if (!/^[\x21-\x7e]+$/.test(password) || /[/@"]/.test(password)) {
    throw invalidValue(`${invalid}. Only printable ASCII characters besides '/', '@', '"', ' ' may be used.`);
  }
  return password;
}

const reservedNames = new Set([
  'admin',
  'rdsadmin',
  'rdsrepladmin',
  'rdstopmgr',
  'rds_superuser',
  'public',
  'user',
  'all',
]);

/** 1 to 63 letters, digits or underscores, first a letter; no reserved word of the engine. */
export function masterUsername(input: AwsStruct): string {
  const username = optionalText(input, 'MasterUsername');
  if (username === undefined) {
    throw invalidValue('The parameter MasterUsername must be provided and must not be blank.');
  }
  if (!/^[a-z][a-z0-9_]{0,62}$/i.test(username)) {
    throw invalidValue('MasterUsername must begin with a letter and contain only alphanumeric characters.');
  }
  if (reservedNames.has(username.toLowerCase()) || /^pg_/i.test(username)) {
    throw invalidValue(
      `MasterUsername ${username} cannot be used as it is a reserved word used by the engine`,
    );
  }
  return username;
}

/** Name of the initial database, or undefined. */
export function databaseName(input: AwsStruct, member: 'DBName' | 'DatabaseName'): string | undefined {
  const name = optionalText(input, member);
  if (name !== undefined && !/^[a-z_][a-z0-9_]{0,62}$/i.test(name)) {
    throw invalidValue(`${member} must begin with a letter and contain only alphanumeric characters.`);
  }
  return name;
}

/** 1150 to 65535; 5432 when absent. */
export function databasePort(input: AwsStruct, member = 'Port', fallback = 5432): number {
  const port = Number(optionalText(input, member) ?? fallback);
  if (!Number.isInteger(port) || port < 1150 || port > 65535) {
    throw invalidValue(
      `Invalid value ${String(input[member])} for ${member}. Must be between 1150 and 65535.`,
    );
  }
  return port;
}
