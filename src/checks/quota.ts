import type { RdsGateway } from '../aws/rds-gateway.js';
import type { ReadinessCheck } from './readiness-check.js';

/** Each run needs one cluster and one instance more. Source: AccountQuotas of DescribeAccountAttributes. */
const needed: Readonly<Record<string, string>> = { DBClusters: 'DB clusters', DBInstances: 'DB instances' };

export function createQuotaCheck(rds: Pick<RdsGateway, 'listQuotas'>): ReadinessCheck {
  return {
    id: 'quota',
    title: 'The account may have another cluster and another instance',
    find: async ({ config: { region } }) =>
      (await rds.listQuotas())
        .filter(({ name, used, max }) => needed[name] !== undefined && used >= max)
        .map(({ name, used, max }) => ({
          code: 'QuotaReached',
          what: `${String(used)} of ${String(max)} ${String(needed[name])} are in use in ${region}`,
          why: 'The target needs one more',
          fix: `aws service-quotas list-service-quotas --service-code rds --region ${region}, and ask for a higher quota or delete what nobody needs`,
        })),
  };
}
