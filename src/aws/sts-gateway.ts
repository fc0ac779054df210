import { callAws } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';

export interface Caller {
  readonly account: string;
  readonly arn: string;
}

export interface StsGateway {
  getCaller(): Promise<Caller>;
}

export function createStsGateway(clients: Pick<AwsClients, 'sts'>): StsGateway {
  return {
    getCaller: async () => {
      const sts = await clients.sts();
      const answer = await callAws('sts:GetCallerIdentity', undefined, () => sts.getCallerIdentity({}));
      return { account: answer.Account ?? '', arn: answer.Arn ?? '' };
    },
  };
}
