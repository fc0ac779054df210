import { Flags } from '@oclif/core';

/** Which configuration file, and what of it is overridden for this call. */
export const configFlags = {
  config: Flags.string({
    summary: 'Configuration file.',
    description: 'Default: rds2aurora.yaml or rds2aurora.yml in the current directory.',
    helpValue: 'FILE',
    env: 'RDS2AURORA_CONFIG',
  }),
  region: Flags.string({
    summary: 'AWS Region, instead of the one in the configuration.',
    helpValue: 'REGION',
    env: 'RDS2AURORA_REGION',
  }),
  profile: Flags.string({
    summary: 'Profile of the AWS configuration to take credentials from.',
    helpValue: 'NAME',
    env: 'RDS2AURORA_PROFILE',
  }),
};

/** How progress is shown. */
export const viewFlags = {
  quiet: Flags.boolean({
    summary: 'Show no progress, only the result and errors.',
    env: 'RDS2AURORA_QUIET',
  }),
  events: Flags.string({
    summary: 'Also write every event as a line of JSON to this file.',
    helpValue: 'FILE',
    env: 'RDS2AURORA_EVENTS',
  }),
};

/** Who is told how a run goes. */
export const notifyFlags = {
  notify: Flags.string({
    summary: 'Tell this https webhook (Slack) or SNS topic of start, questions, failure and end.',
    description:
      'The same as notify.webhook or, for an ARN, notify.sns in the configuration. Others see the command line: for a webhook, RDS2AURORA_NOTIFY_WEBHOOK is safer.',
    helpValue: 'ADDRESS',
  }),
};

/** How `migrate dump-restore` moves the data. */
export const engineFlags = {
  engine: Flags.option({
    options: ['archive', 'stream'] as const,
    summary: 'How the data is moved: by an archive on this disk, or straight from server to server.',
    description:
      'The same as engine in the configuration; archive unless told. An archive is the data once more, hashed; stream is quicker and needs no disk.',
  })(),
};

/** From what `migrate snapshot` starts. */
export const snapshotFlags = {
  snapshot: Flags.string({
    summary: 'Start from this snapshot instead of a new one; what was written after it is not moved.',
    description:
      'A manual or an automated snapshot of the source, or the ARN of one that another account shares. The same as source.snapshot in the configuration.',
    helpValue: 'ID|ARN',
  }),
};

/** Answers to questions, given beforehand. */
export const confirmFlags = {
  yes: Flags.boolean({
    summary: 'Answer yes to questions.',
    description: 'Does not cover steps that destroy something: these want --confirm.',
    env: 'RDS2AURORA_YES',
  }),
  confirm: Flags.string({
    summary: 'The identifier that a severe step asks to be typed.',
    description: 'May be given more than once.',
    helpValue: 'NAME',
    multiple: true,
    multipleNonGreedy: true,
    env: 'RDS2AURORA_CONFIRM',
  }),
};

/** What a fresh start can be told; a run keeps what it was begun with. */
export const freshFlags = {
  'final-snapshot': Flags.boolean({
    summary: 'Take a final snapshot of the source before anything is deleted.',
    description:
      'Without it nothing brings the data back: --no-final-snapshot wants --confirm-data-loss, too.',
    default: true,
    allowNo: true,
  }),
  'schema-only': Flags.boolean({
    summary: 'Carry the schema of the source over, without its rows.',
    default: false,
  }),
  'init-sql': Flags.string({
    summary: 'File of SQL to be run once in the new database, in one transaction.',
    helpValue: 'FILE',
  }),
};
