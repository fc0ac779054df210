import type { RdsGateway } from '../aws/rds-gateway.js';
import { isOfOther } from '../steps/snapshot-name.js';
import type { ReadinessCheck } from './readiness-check.js';

/** What a run may need one more of. Source: AccountQuotas of DescribeAccountAttributes. */
const names = {
  DBClusters: 'DB clusters',
  DBInstances: 'DB instances',
  ManualSnapshots: 'manual DB snapshots',
} as const;
export type QuotaName = keyof typeof names;

const isQuotaName = (name: string): name is QuotaName => name in names;

export function createQuotaCheck(
  rds: Pick<RdsGateway, 'listQuotas'>,
  needed: readonly QuotaName[],
): ReadinessCheck {
  return {
    id: 'quota',
    title: `The account may have more: ${needed.map((name) => names[name]).join(', ')}`,
    find: async ({ config: { region, source }, caller: { account } }) => {
      const isMade = source.snapshot === undefined || isOfOther(source.snapshot, account);
      const wanted = isMade ? needed : needed.filter((one) => one !== 'ManualSnapshots');
      return (await rds.listQuotas()).flatMap(({ name, used, max }) =>
        isQuotaName(name) && wanted.includes(name) && used >= max
          ? [
              {
                code: 'QuotaReached',
                what: `${String(used)} of ${String(max)} ${names[name]} are in use in ${region}`,
                why: 'The run needs one more',
                fix: `aws service-quotas list-service-quotas --service-code rds --region ${region}, and ask for a higher quota or delete what nobody needs`,
              },
            ]
          : [],
      );
    },
  };
}
