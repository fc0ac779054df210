import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';

/** What Application Auto Scaling may not do at present. */
export interface Suspension {
  readonly in: boolean;
  readonly out: boolean;
  readonly scheduled: boolean;
}

export interface ScalableService {
  readonly min: number;
  readonly max: number;
  readonly suspension: Suspension;
}

export interface ScalingGateway {
  /** The scaling of an ECS service, or undefined when nobody scales it. */
  findScaling(cluster: string, service: string): Promise<ScalableService | undefined>;
  setSuspension(cluster: string, service: string, suspension: Suspension): Promise<void>;
}

export function createScalingGateway(clients: Pick<AwsClients, 'autoScaling'>): ScalingGateway {
  const scalable = (cluster: string, service: string) =>
    ({
      ServiceNamespace: 'ecs',
      ResourceId: `service/${cluster}/${service}`,
      ScalableDimension: 'ecs:service:DesiredCount',
    }) as const;
  return {
    findScaling: async (cluster, service) => {
      const { ResourceId, ...where } = scalable(cluster, service);
      try {
        const scaling = await clients.autoScaling();
        const answer = await callAws('application-autoscaling:DescribeScalableTargets', ResourceId, () =>
          scaling.describeScalableTargets({ ...where, ResourceIds: [ResourceId] }),
        );
        const found = answer.ScalableTargets?.[0];
        if (found === undefined) return undefined;
        const { DynamicScalingInSuspended, DynamicScalingOutSuspended, ScheduledScalingSuspended } =
          found.SuspendedState ?? {};
        return {
          min: found.MinCapacity ?? 0,
          max: found.MaxCapacity ?? 0,
          suspension: {
            in: DynamicScalingInSuspended ?? false,
            out: DynamicScalingOutSuspended ?? false,
            scheduled: ScheduledScalingSuspended ?? false,
          },
        };
      } catch (error) {
        if (isAwsError(error, 'NotFound')) return undefined;
        throw error;
      }
    },
    setSuspension: async (cluster, service, suspension) => {
      const target = scalable(cluster, service);
      const scaling = await clients.autoScaling();
      await callAws('application-autoscaling:RegisterScalableTarget', target.ResourceId, () =>
        scaling.registerScalableTarget({
          ...target,
          SuspendedState: {
            DynamicScalingInSuspended: suspension.in,
            DynamicScalingOutSuspended: suspension.out,
            ScheduledScalingSuspended: suspension.scheduled,
          },
        }),
      );
    },
  };
}
