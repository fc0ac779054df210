import { arnSuffix } from '../../seeded-random.js';
import { AwsError, type SandboxContext } from '../../service.js';
import type { Tags } from '../tags.js';

export interface SecretVersion {
  readonly id: string;
  readonly string: string | undefined;
  /** Base64, as it is on the wire. */
  readonly binary: string | undefined;
  readonly created: Date;
  readonly stages: Set<string>;
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly created: Date;
  description: string | undefined;
  kmsKeyId: string | undefined;
  changed: Date;
  accessed: Date | undefined;
  /** When a deletion was asked for; the end of the recovery window is `purgeAt`. */
  deleted: Date | undefined;
  purgeAt: Date | undefined;
  readonly tags: Tags;
  readonly versions: Map<string, SecretVersion>;
}

const missing = "Secrets Manager can't find the specified secret.";
const marked = "You can't perform this operation on the secret because it was marked for deletion.";

/** The secrets of one Region. */
export class SecretStore {
  private readonly secrets = new Map<string, Secret>();
  /** Names whose forced deletion has not ended yet. */
  private readonly purging = new Set<string>();

  constructor(private readonly context: SandboxContext) {}

  all(): Secret[] {
    return [...this.secrets.values()];
  }

  byName(name: string): Secret | undefined {
    return this.secrets.get(name);
  }

  /** True while a forced deletion of this name is still going on. */
  isPurging(name: string): boolean {
    return this.purging.has(name);
  }

  add(name: string): Secret {
    const { region, accountId, random, clock } = this.context;
    const secret: Secret = {
      arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${arnSuffix(random)}`,
      name,
      created: clock.now(),
      changed: clock.now(),
      description: undefined,
      kmsKeyId: undefined,
      accessed: undefined,
      deleted: undefined,
      purgeAt: undefined,
      tags: new Map(),
      versions: new Map(),
    };
    this.secrets.set(name, secret);
    return secret;
  }

  /** By name, full ARN, or ARN without the six characters at its end. @throws AwsError `ResourceNotFoundException`. */
  find(secretId: string): Secret {
    const secret =
      this.secrets.get(secretId) ??
      this.all().find(({ arn }) => arn === secretId || arn.slice(0, -7) === secretId);
    if (secret === undefined) throw new AwsError('ResourceNotFoundException', missing);
    return secret;
  }

  /** As `find`. @throws AwsError `InvalidRequestException` when the secret is marked for deletion. */
  findLive(secretId: string): Secret {
    const secret = this.find(secretId);
    if (secret.deleted !== undefined) throw new AwsError('InvalidRequestException', marked);
    return secret;
  }

  /** Deletes at once; the name stays taken for a few seconds of AWS time, since the deletion is asynchronous. */
  purge(secret: Secret, awsMs: number): void {
    this.secrets.delete(secret.name);
    this.purging.add(secret.name);
    void this.context.clock.after(awsMs).then(() => this.purging.delete(secret.name));
  }

  /** Deletes when the recovery window ends, unless the secret has been restored meanwhile. */
  purgeLater(secret: Secret, awsMs: number): void {
    const { purgeAt } = secret;
    void this.context.clock.after(awsMs).then(() => {
      if (secret.purgeAt === purgeAt && purgeAt !== undefined) this.secrets.delete(secret.name);
    });
  }
}
