import { randomText } from '../../seeded-random.js';
import { AwsError, type AwsStruct, type SandboxContext } from '../../service.js';
import { optionalNumber, optionalText, requiredText } from '../read-input.js';
import { readTags, type Tags } from '../tags.js';

export interface Role {
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly arn: string;
  readonly created: Date;
  readonly tags: Tags;
  trustPolicy: string;
  description: string | undefined;
  maxSessionSeconds: number;
  /** Inline policies by name. */
  readonly inline: Map<string, string>;
  /** Managed policies by ARN. */
  readonly attached: Set<string>;
}

/** The roles of the account. Nothing that they allow or deny is enforced by the sandbox. */
export class RoleStore {
  private readonly roles = new Map<string, Role>();

  constructor(private readonly context: SandboxContext) {}

  all(): Role[] {
    return [...this.roles.values()];
  }

  create(input: AwsStruct): Role {
    const name = requiredText(input, 'RoleName', 'ValidationError');
    if (this.roles.has(name.toLowerCase())) {
      throw new AwsError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
    }
    const path = optionalText(input, 'Path') ?? '/';
    const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const role: Role = {
      name,
      id: `AROA${randomText(this.context.random, 17, upper)}`,
      path,
      arn: `arn:aws:iam::${this.context.accountId}:role${path}${name}`,
      created: this.context.clock.now(),
      tags: readTags(input),
      trustPolicy: policyDocument(input, 'AssumeRolePolicyDocument'),
      description: optionalText(input, 'Description'),
      maxSessionSeconds: optionalNumber(input, 'MaxSessionDuration') ?? 3600,
      inline: new Map(),
      attached: new Set(),
    };
    this.roles.set(name.toLowerCase(), role);
    return role;
  }

  get(input: AwsStruct): Role {
    const name = requiredText(input, 'RoleName', 'ValidationError');
    const role = this.roles.get(name.toLowerCase());
    if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
    return role;
  }

  /** @throws AwsError `DeleteConflict` while policies are on the role. */
  delete(input: AwsStruct): void {
    const role = this.get(input);
    if (role.attached.size > 0) {
      throw new AwsError('DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409);
    }
    if (role.inline.size > 0) {
      throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
    }
    this.roles.delete(role.name.toLowerCase());
  }
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', message, 404);
}

/** A policy of a request: JSON text, or a struct when CloudFormation calls. @throws AwsError `MalformedPolicyDocument`. */
export function policyDocument(input: AwsStruct, member: string): string {
  const value = input[member];
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'Statement' in parsed) return text;
  } catch {
    // Falls through to the error that AWS gives for any text that is no policy.
  }
  throw new AwsError('MalformedPolicyDocument', 'Syntax errors in policy.');
}
