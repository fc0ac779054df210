import { callAws } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';

/** One property of a resource that is not as its stack's template says. */
export interface Drift {
  readonly logicalId: string;
  readonly property: string;
  readonly expected: string;
  readonly actual: string;
}

export interface DriftCalls {
  /** Begins to compare the stack's resources with its template; gives the id to ask after. Changes nothing. */
  beginDriftDetection(stack: string): Promise<string>;
  /** `DETECTION_IN_PROGRESS`, `DETECTION_COMPLETE` or `DETECTION_FAILED`. */
  findDriftDetection(id: string): Promise<{ readonly status: string; readonly reason: string | undefined }>;
  /** What the last detection found. A resource that is gone has the property `` and the actual value `gone`. */
  listDrifts(stack: string): Promise<readonly Drift[]>;
}

export function createDriftCalls(clients: Pick<AwsClients, 'cloudFormation'>): DriftCalls {
  return {
    beginDriftDetection: async (stack) => {
      const cfn = await clients.cloudFormation();
      const answer = await callAws('cloudformation:DetectStackDrift', stack, () =>
        cfn.detectStackDrift({ StackName: stack }),
      );
      return answer.StackDriftDetectionId ?? '';
    },

    findDriftDetection: async (id) => {
      const cfn = await clients.cloudFormation();
      const answer = await callAws('cloudformation:DescribeStackDriftDetectionStatus', id, () =>
        cfn.describeStackDriftDetectionStatus({ StackDriftDetectionId: id }),
      );
      return {
        status: answer.DetectionStatus ?? 'UNKNOWN',
        reason: answer.DetectionStatusReason,
      };
    },

    listDrifts: async (stack) => {
      const cfn = await clients.cloudFormation();
      const drifts: Drift[] = [];
      let token: string | undefined;
      do {
        const page = await callAws('cloudformation:DescribeStackResourceDrifts', stack, () =>
          cfn.describeStackResourceDrifts({
            StackName: stack,
            StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'],
            ...(token === undefined ? {} : { NextToken: token }),
          }),
        );
        for (const one of page.StackResourceDrifts ?? []) {
          const logicalId = one.LogicalResourceId ?? '';
          if (one.StackResourceDriftStatus === 'DELETED')
            drifts.push({ logicalId, property: '', expected: one.ResourceType ?? '', actual: 'gone' });
          for (const difference of one.PropertyDifferences ?? [])
            drifts.push({
              logicalId,
              property: difference.PropertyPath ?? '',
              expected: difference.ExpectedValue ?? '',
              actual: difference.ActualValue ?? '',
            });
        }
        token = page.NextToken;
      } while (token !== undefined);
      return drifts;
    },
  };
}
