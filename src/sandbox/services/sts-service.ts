import type { SandboxContext, Service } from '../service.js';

/** AWS STS: who am I. */
export function createStsService(context: SandboxContext): Service {
  return {
    name: 'sts',
    protocol: 'query',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    actions: {
      GetCallerIdentity: (_input, caller) => ({
        UserId: caller.arn.slice(caller.arn.lastIndexOf('/') + 1),
        Account: context.accountId,
        Arn: caller.arn,
      }),
    },
  };
}
