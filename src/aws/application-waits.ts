import { present } from './database-waits.js';
import type { EcsDeployment, EcsGateway, EcsService } from './ecs-gateway.js';
import type { LogLine, LogsGateway } from './logs-gateway.js';
import type { Poll, Waiting } from './poll.js';

export interface ApplicationWaits {
  untilNoTasks(io: Waiting, cluster: string, service: string): Promise<void>;
  /** Until the deployment that is current now has rolled out. */
  untilRolledOut(io: Waiting, cluster: string, service: string): Promise<EcsService>;
  untilLogged(io: Waiting, group: string, since: Date | string, phrase: string): Promise<LogLine>;
}

const nothingFails = new Set<string>();

export function createApplicationWaits(
  ecs: Pick<EcsGateway, 'findService' | 'countLiveTasks'>,
  logs: Pick<LogsGateway, 'findLines'>,
  poll: Poll,
): ApplicationWaits {
  return {
    untilNoTasks: async (io, cluster, service) => {
      await poll(io, {
        resource: `tasks of ${service}`,
        read: () => ecs.countLiveTasks(cluster, service),
        stateOf: (count) => (count === 0 ? 'stopped' : `${String(count)} running`),
        states: { success: new Set(['stopped']), failure: nothingFails },
        missing: 'gone',
        timeoutMs: 1_200_000,
        next: [`aws ecs list-tasks --cluster ${cluster} --service-name ${service}`],
      });
    },
    untilRolledOut: async (io, cluster, service) =>
      present(
        await poll(io, {
          resource: `service ${service}`,
          read: () => ecs.findService(cluster, service),
          stateOf: rolloutOf,
          identityOf: (found) => found.arn,
          states: { success: new Set(['COMPLETED']), failure: new Set(['FAILED', 'DRAINING', 'INACTIVE']) },
          missing: 'gone',
          timeoutMs: 1_800_000,
          reasonOf: (found) => primaryOf(found)?.rolloutReason,
          next: [
            `aws ecs describe-services --cluster ${cluster} --services ${service} --query 'services[0].events[:10]'`,
          ],
        }),
      ),
    untilLogged: async (io, group, since, phrase) =>
      present(
        await poll(io, {
          resource: `log group ${group}`,
          read: async () => (await logs.findLines(group, since, phrase, 1))?.[0] ?? 'silent',
          stateOf: (line) => (line === 'silent' ? line : 'ready'),
          states: { success: new Set(['ready']), failure: nothingFails },
          missing: 'gone',
          timeoutMs: 900_000,
          next: [`aws logs tail ${group} --since 30m`],
        }).then((line) => (line === 'silent' ? undefined : line)),
      ),
  };
}

/** The deployment in force; what rolls out, or has rolled out. */
export function primaryOf(service: EcsService): EcsDeployment | undefined {
  return service.deployments.find((deployment) => deployment.primary);
}

/** A rollout counts once its tasks run and those of the deployment before are gone. */
function rolloutOf(service: EcsService): string {
  if (service.status !== 'ACTIVE') return service.status;
  const primary = primaryOf(service);
  if (primary?.rolloutState !== 'COMPLETED') return primary?.rolloutState ?? 'IN_PROGRESS';
  return primary.running >= service.desiredCount ? 'COMPLETED' : 'IN_PROGRESS';
}
