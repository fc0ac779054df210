import type { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { EC2 } from '@aws-sdk/client-ec2';
import type { ECS } from '@aws-sdk/client-ecs';
import type { RDS } from '@aws-sdk/client-rds';
import type { S3 } from '@aws-sdk/client-s3';
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { SNS } from '@aws-sdk/client-sns';
import type { STS } from '@aws-sdk/client-sts';
import { endpointGuard } from './endpoint-guard.js';

export interface AwsSettings {
  readonly region: string;
  /** Version of this tool, for the user agent. */
  readonly version: string;
  /** Named profile; default: as the SDK finds it (AWS_PROFILE, AWS_ACCESS_KEY_ID, instance role). */
  readonly profile?: string;
  /** For a look that may fail: seconds instead of minutes before it is given up. */
  readonly impatient?: boolean;
}

/** One client a service; the SDK package is loaded at the first call and not before, so that `--help` stays quick. */
export interface AwsClients {
  rds(): Promise<RDS>;
  cloudFormation(): Promise<CloudFormation>;
  secretsManager(): Promise<SecretsManager>;
  ecs(): Promise<ECS>;
  autoScaling(): Promise<ApplicationAutoScaling>;
  logs(): Promise<CloudWatchLogs>;
  ec2(): Promise<EC2>;
  sns(): Promise<SNS>;
  sts(): Promise<STS>;
  s3(): Promise<S3>;
}

const guardPlace = { step: 'build', name: 'endpointGuard' } as const;

interface Guarded {
  readonly middlewareStack: { add(middleware: typeof endpointGuard, place: typeof guardPlace): void };
}

/** Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 would else let anybody be AWS, and passwords come from there. */
const proven = { throwOnRequestTimeout: true, httpsAgent: { rejectUnauthorized: true } };
const thorough = { ...proven, connectionTimeout: 5_000, requestTimeout: 30_000 };
const quick = { ...proven, connectionTimeout: 2_000, requestTimeout: 5_000 };

/**
 * The only maker of SDK clients. Without a request timeout the SDK waits for ever, and it gives up on throttling after
 * three attempts in about a second: both are set here, once.
 */
export function createAwsClients(settings: AwsSettings): AwsClients {
  const config = {
    region: settings.region,
    maxAttempts: settings.impatient === true ? 2 : 10,
    retryMode: 'standard',
    requestHandler: settings.impatient === true ? quick : thorough,
    customUserAgent: `rds2aurora/${settings.version}`,
    ...(settings.profile === undefined ? {} : { profile: settings.profile }),
  };
  const lazily = <C extends Guarded>(
    load: () => Promise<new (given: typeof config & { readonly followRegionRedirects?: boolean }) => C>,
    more: { readonly followRegionRedirects?: boolean } = {},
  ): (() => Promise<C>) => {
    let client: Promise<C> | undefined;
    const make = async () => {
      const made = new (await load())({ ...config, ...more });
      made.middlewareStack.add(endpointGuard, guardPlace);
      return made;
    };
    return () => (client ??= make());
  };
  return {
    rds: lazily(async () => (await import('@aws-sdk/client-rds')).RDS),
    cloudFormation: lazily(async () => (await import('@aws-sdk/client-cloudformation')).CloudFormation),
    secretsManager: lazily(async () => (await import('@aws-sdk/client-secrets-manager')).SecretsManager),
    ecs: lazily(async () => (await import('@aws-sdk/client-ecs')).ECS),
    autoScaling: lazily(
      async () => (await import('@aws-sdk/client-application-auto-scaling')).ApplicationAutoScaling,
    ),
    logs: lazily(async () => (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogs),
    ec2: lazily(async () => (await import('@aws-sdk/client-ec2')).EC2),
    sns: lazily(async () => (await import('@aws-sdk/client-sns')).SNS),
    sts: lazily(async () => (await import('@aws-sdk/client-sts')).STS),
    // A bucket may be in another Region than the database; S3 says in which.
    s3: lazily(async () => (await import('@aws-sdk/client-s3')).S3, { followRegionRedirects: true }),
  };
}
