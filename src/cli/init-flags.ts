import { Flags } from '@oclif/core';

/** Answers of `init`, given beforehand; what is left out is found or asked. */
export const initFlags = {
  instance: Flags.string({ summary: 'DB instance to move.', helpValue: 'INSTANCE' }),
  database: Flags.string({ summary: 'Database to move.', helpValue: 'NAME' }),
  user: Flags.string({ summary: 'Master user of the instance.', helpValue: 'NAME' }),
  secret: Flags.string({ summary: 'Secret with its address and password.', helpValue: 'NAME|ARN' }),
  stack: Flags.string({ summary: 'CloudFormation stack that owns the instance.', helpValue: 'NAME' }),
  service: Flags.string({
    summary: 'ECS service that writes to it, or none.',
    helpValue: 'CLUSTER/SERVICE',
  }),
  template: Flags.string({
    summary: 'Template with the Aurora cluster, or none to create it through the RDS API.',
    helpValue: 'FILE',
  }),
  'target-stack': Flags.string({ summary: 'Stack of the target.', helpValue: 'NAME' }),
  cluster: Flags.string({ summary: 'Identifier of the Aurora cluster.', helpValue: 'NAME' }),
  'target-instance': Flags.string({ summary: 'Identifier of its writer.', helpValue: 'NAME' }),
  name: Flags.string({ summary: 'Name of the migration; run ids start with it.', helpValue: 'NAME' }),
};
