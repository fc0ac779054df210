import { z } from 'zod';
import { stateAddress } from './state-address.js';

const identifier = z
  .string()
  .regex(
    /^[A-Za-z](?:-?[A-Za-z0-9])*$/,
    'must be 1-63 letters, digits and single hyphens, starting with a letter and not ending with a hyphen',
  )
  .max(63);

function isHttps(value: string): boolean {
  return URL.canParse(value) && new URL(value).protocol === 'https:';
}

const acu = z.number().multipleOf(0.5, 'ACU come in steps of 0.5').min(0).max(256);

const deploy = z
  .strictObject({
    template: z.string().min(1).optional().describe('CloudFormation template, deployed through change sets'),
    parameters: z
      .record(z.string(), z.string())
      .optional()
      .describe('Parameter values for the template; the others keep their previous value or default'),
    capabilities: z
      .array(z.enum(['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']))
      .optional(),
    command: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Program and arguments that deploy the new stack; run without a shell'),
    commandTemplate: z
      .string()
      .min(1)
      .optional()
      .describe('The template which `command` deploys, so that it can be judged before it is run'),
    api: z.literal(true).optional().describe('No stack: create the cluster through the RDS API'),
  })
  .refine(
    (value) => [value.template, value.command, value.api].filter((one) => one !== undefined).length === 1,
    {
      message: 'needs exactly one of template, command or api',
    },
  );

/** The shape of `rds2aurora.yaml`. Strict: an unknown key is an error, so that a slip is not silently ignored. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  name: identifier.describe('Name of this migration; run ids start with it'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS Region such as us-east-1'),
  state: z
    .string()
    .regex(stateAddress, 'must be s3://bucket or s3://bucket/prefix')
    .optional()
    .describe(
      'Where runs are kept for everybody who works on them; default: only in .rds2aurora beside this file',
    ),
  source: z.strictObject({
    instance: identifier.describe('DB instance identifier of the RDS for PostgreSQL source'),
    database: z.string().min(1).max(63),
    user: z.string().min(1).max(63).describe('Master user'),
    secret: z.string().min(1).describe('Name or ARN of the Secrets Manager secret that holds the password'),
    stack: z.string().min(1).optional().describe('CloudFormation stack that owns the instance'),
    snapshot: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Only for migrate snapshot: identifier or ARN of a snapshot to start from, instead of a new one. What was written to the source after it is not moved',
      ),
    snapshotOf: identifier
      .optional()
      .describe('The instance that `snapshot` is of, where that is another one than `instance`'),
    snapshotKmsKey: z
      .string()
      .min(1)
      .optional()
      .describe('KMS key for the copy of an encrypted snapshot of another account; default: target.kmsKey'),
  }),
  target: z.strictObject({
    cluster: identifier,
    instance: identifier,
    stack: z.string().min(1).optional().describe('The same name as source.stack means: in place'),
    engineVersion: z
      .string()
      .regex(/^(auto|\d+\.\d+)$/, 'must be auto or a version such as 17.7')
      .default('auto'),
    capacity: z
      .strictObject({
        min: acu,
        max: acu.min(1),
        autoPauseSeconds: z.number().int().min(300).max(86400).optional(),
      })
      .refine((value) => value.min <= value.max, { message: 'min must not exceed max' })
      .default({ min: 0.5, max: 1 }),
    deploy,
    endpointOutput: z.string().min(1).default('DatabaseEndpoint'),
    subnetGroup: z
      .string()
      .min(1)
      .optional()
      .describe('Only with deploy.api; default: the subnet group of the source'),
    securityGroups: z
      .array(z.string().min(1))
      .optional()
      .describe('Only with deploy.api; default: those of the source'),
    kmsKey: z.string().min(1).optional().describe('Only with deploy.api; default: the key of the source'),
    deletionProtection: z.boolean().default(true).describe('Only with deploy.api'),
  }),
  replace: z
    .strictObject({
      liftTerminationProtection: z
        .boolean()
        .default(false)
        .describe('Switch termination protection of the old stack off before it is deleted'),
      liftDeletionProtection: z
        .boolean()
        .default(false)
        .describe('Switch deletion protection of the source off before it or its stack is deleted'),
    })
    .optional()
    .describe(
      'Only for migrate snapshot in place and migrate fresh, which delete the old stack or the source',
    ),
  finalize: z
    .strictObject({
      soakHours: z
        .number()
        .positive('a soak of none has to be typed: finalize --now')
        .default(168)
        .describe('How long the source is kept after the move before finalize may end it'),
      liftDeletionProtection: z
        .boolean()
        .default(false)
        .describe('Switch deletion protection of the source off before it is deleted'),
    })
    .default({ soakHours: 168, liftDeletionProtection: false }),
  notify: z
    .strictObject({
      webhook: z
        .string()
        .refine(isHttps, { message: 'must be an https address, such as https://hooks.slack.com/services/…' })
        .optional()
        .describe(
          'https address that gets {"text": …}, as Slack does. It is a secret: RDS2AURORA_NOTIFY_WEBHOOK keeps it out of the file',
        ),
      exec: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .describe('Program and arguments, run without a shell; gets each notice as JSON on stdin'),
      sns: z
        .string()
        .regex(
          /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
          'must be the ARN of a standard topic, such as arn:aws:sns:us-east-1:123456789012:migrations',
        )
        .optional()
        .describe('SNS topic, of any Region, that gets each notice as text; the caller needs sns:Publish'),
    })
    .optional()
    .describe('Who is told of start, questions, failure and end of a run; what fails here fails no run'),
  app: z
    .strictObject({
      ecsCluster: z.string().min(1),
      ecsService: z.string().min(1),
      logGroup: z.string().min(1).optional(),
      readyPattern: z.string().min(1).optional(),
    })
    .optional(),
  verify: z
    .strictObject({ rows: z.enum(['checksum', 'count']).default('checksum') })
    .default({ rows: 'checksum' }),
  engine: z
    .enum(['archive', 'stream'])
    .optional()
    .describe(
      'How migrate dump-restore moves the data: by an archive on this disk (default), or straight from server to server',
    ),
  dump: z
    .strictObject({
      jobs: z
        .number()
        .int()
        .min(1)
        .max(64)
        .optional()
        .describe(
          'Sessions at once on each server; the streaming engine builds as many indexes beside. Default: number of processors, at most 8',
        ),
      directory: z.string().min(1).optional().describe('Default: inside the run directory'),
    })
    .optional(),
  tls: z
    .strictObject({
      caFile: z
        .string()
        .min(1)
        .optional()
        .describe('PEM file of the authorities to trust in the place of those of Amazon RDS'),
    })
    .optional(),
  poll: z
    .strictObject({
      seconds: z.number().min(0.05).max(60).default(15),
      deadlineMinutes: z
        .number()
        .min(0.01)
        .max(2160)
        .default(240)
        .describe(
          'How long a database, cluster or snapshot may take to become available; then the run stops and can be resumed',
        ),
    })
    .default({ seconds: 15, deadlineMinutes: 240 }),
});

export type Config = z.output<typeof configSchema>;
