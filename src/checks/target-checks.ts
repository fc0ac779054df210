import type { CloudFormationGateway } from '../aws/cloudformation-gateway.js';
import type { LogsGateway } from '../aws/logs-gateway.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { CheckResult } from '../steps/refs.js';

/** The runbook's checks that ask AWS alone; each answers, and throws only when AWS cannot be asked. */
export interface TargetChecks {
  checkCluster(identifier: string): Promise<CheckResult>;
  checkInstance(identifier: string): Promise<CheckResult>;
  /** The stack's output is the cluster's endpoint. */
  checkEndpoint(stack: string, output: string, clusterIdentifier: string): Promise<CheckResult>;
  /** The application has written its ready line since that moment. */
  checkLogs(group: string | undefined, phrase: string | undefined, since: Date): Promise<CheckResult>;
}

export function createTargetChecks(aws: {
  readonly rds: Pick<RdsGateway, 'findCluster' | 'findInstance'>;
  readonly cloudFormation: Pick<CloudFormationGateway, 'findStack'>;
  readonly logs: Pick<LogsGateway, 'findLines'>;
}): TargetChecks {
  return {
    checkCluster: async (identifier) => {
      const cluster = await aws.rds.findCluster(identifier);
      return judge(
        'cluster status',
        cluster?.status === 'available',
        cluster === undefined
          ? `no cluster ${identifier}`
          : `${identifier} is ${cluster.status}, ${cluster.engine} ${cluster.engineVersion}`,
      );
    },
    checkInstance: async (identifier) => {
      const instance = await aws.rds.findInstance(identifier);
      return judge(
        'instance status',
        instance?.status === 'available',
        instance === undefined
          ? `no instance ${identifier}`
          : `${identifier} is ${instance.status}, ${instance.instanceClass}`,
      );
    },
    checkEndpoint: async (stack, output, clusterIdentifier) => {
      const told = (await aws.cloudFormation.findStack(stack))?.outputs[output];
      const endpoint = (await aws.rds.findCluster(clusterIdentifier))?.endpoint;
      const same = told !== undefined && told.split(':')[0]?.toLowerCase() === endpoint?.toLowerCase();
      return judge(
        'endpoint of the stack',
        same,
        told === undefined
          ? `no output ${output} in ${stack}`
          : `${output} is ${told}, the cluster's endpoint ${endpoint ?? 'unknown'}`,
      );
    },
    checkLogs: async (group, phrase, since) => {
      const check = 'application log';
      if (group === undefined || phrase === undefined)
        return { check, result: 'not-checked', detail: 'app.logGroup or app.readyPattern is not configured' };
      const lines = await aws.logs.findLines(group, since, phrase, 1);
      if (lines === undefined) return judge(check, false, `no log group ${group}`);
      const [line] = lines;
      return judge(
        check,
        line !== undefined,
        line === undefined
          ? `"${phrase}" not seen since ${since.toISOString()}`
          : `${line.at.toISOString()} ${line.text.trim()}`,
      );
    },
  };
}

function judge(check: string, passed: boolean, detail: string): CheckResult {
  return { check, result: passed ? 'pass' : 'fail', detail };
}
