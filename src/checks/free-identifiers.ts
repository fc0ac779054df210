import type { RdsGateway } from '../aws/rds-gateway.js';
import type { Problem } from '../errors.js';
import { takenIdentifier } from '../steps/ownership.js';
import type { ReadinessCheck } from './readiness-check.js';

/** A create would fail half way, or worse, somebody else's cluster would be filled. */
export function createFreeIdentifiersCheck(
  rds: Pick<RdsGateway, 'findCluster' | 'findInstance'>,
): ReadinessCheck {
  return {
    id: 'free-identifiers',
    title: 'The identifiers of the target are free',
    find: async ({ config: { target, source } }) => {
      const problems: Problem[] = [];
      if (target.instance.toLowerCase() === source.instance.toLowerCase())
        problems.push({
          code: 'InstanceTaken',
          what: `target.instance is the source itself: ${source.instance}`,
          why: 'An account has one instance of a name in a Region',
          fix: 'choose another target.instance',
        });
      else if ((await rds.findInstance(target.instance)) !== undefined)
        problems.push(takenIdentifier('instance', target.instance));
      if ((await rds.findCluster(target.cluster)) !== undefined)
        problems.push(takenIdentifier('cluster', target.cluster));
      return problems;
    },
  };
}
