import type { AwsGateways } from '../aws/aws-gateways.js';
import type { Chooser } from '../cli/chooser.js';
import { CredentialsError } from '../errors.js';

/** What the command line of `init` says already. */
export interface InitWishes {
  readonly region: string | undefined;
  readonly name: string | undefined;
  readonly instance: string | undefined;
  readonly database: string | undefined;
  readonly user: string | undefined;
  readonly secret: string | undefined;
  readonly stack: string | undefined;
  /** `CLUSTER/SERVICE`, or `none`. */
  readonly service: string | undefined;
  /** A file, or `none` for the RDS API. */
  readonly template: string | undefined;
  readonly targetStack: string | undefined;
  readonly cluster: string | undefined;
  readonly targetInstance: string | undefined;
}

/** What the choices of `init` have at hand. */
export interface Survey {
  readonly aws: Pick<AwsGateways, 'rds' | 'cloudFormation' | 'secrets' | 'survey' | 'sts'>;
  readonly wishes: InitWishes;
  /** Of the configuration file. */
  readonly folder: string;
  readonly choose: Chooser;
  /** Kept for the result: what a person should know or do. */
  remark(text: string): void;
}

export interface ChosenSecret {
  /** As the configuration names it. */
  readonly id: string;
  /** Undefined when it was named by hand and is not to be seen. */
  readonly arn: string | undefined;
  readonly database: string;
  readonly user: string;
}

/** What may be left out is, where the caller lacks the permission: credentials as such have been proven before. */
export async function orRemark<T>(
  { remark }: Pick<Survey, 'remark'>,
  what: string,
  otherwise: T,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    remark(`${what}: ${error.message}`);
    return otherwise;
  }
}
