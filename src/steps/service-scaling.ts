import type { ScalingGateway, Suspension } from '../aws/scaling-gateway.js';
import type { RecordedIntent, StepIo } from '../pipeline/step.js';
import { word } from './by-hand.js';

export type Scaling = Pick<ScalingGateway, 'findScaling' | 'setSuspension'>;

export interface ServiceName {
  readonly cluster: string;
  readonly service: string;
}

export const allSuspended: Suspension = { in: true, out: true, scheduled: true };
export const registerTarget = 'application-autoscaling:RegisterScalableTarget';

/**
 * Lets Application Auto Scaling do what `wanted` leaves it, unless it is so already. Scaling that does not exist stays so:
 * it could only be registered anew, with limits that nobody has said.
 * @returns what it was kept from before, or undefined when nobody scales the service
 */
export async function suspendScaling(
  scaling: Scaling,
  io: StepIo,
  { cluster, service }: ServiceName,
  wanted: Suspension,
): Promise<Suspension | undefined> {
  const found = await scaling.findScaling(cluster, service);
  if (found === undefined) return undefined;
  const { suspension } = found;
  if (!isSame(suspension, wanted))
    await io.mutate({ call: registerTarget, key: service, before: { suspension } }, () =>
      scaling.setSuspension(cluster, service, wanted),
    );
  return suspension;
}

/** Sets back what was there before this step. Safe to call again, and when nothing was changed. */
export async function restoreScaling(scaling: Scaling, io: StepIo, name: ServiceName): Promise<void> {
  const before = suspensionBefore(io.intents());
  if (before !== undefined) await suspendScaling(scaling, io, name, before);
}

/** The oldest intent holds the value from before this step. */
export function suspensionBefore(intents: readonly RecordedIntent[]): Suspension | undefined {
  const value = intents.find(({ call }) => call === registerTarget)?.before?.['suspension'];
  if (typeof value !== 'object' || value === null) return undefined;
  const flag = (name: string): boolean => Reflect.get(value, name) === true;
  return { in: flag('in'), out: flag('out'), scheduled: flag('scheduled') };
}

/** The same by hand. */
export function noteScaling({ cluster, service }: ServiceName, suspension: Suspension): string {
  const state = [
    `DynamicScalingInSuspended=${String(suspension.in)}`,
    `DynamicScalingOutSuspended=${String(suspension.out)}`,
    `ScheduledScalingSuspended=${String(suspension.scheduled)}`,
  ];
  return `aws application-autoscaling register-scalable-target --service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id ${word(`service/${cluster}/${service}`)} --suspended-state ${state.join()}`;
}

export function noteTasks({ cluster, service }: ServiceName, count: number): string {
  const anew = count === 0 ? '' : ' --force-new-deployment';
  return `aws ecs update-service --cluster ${word(cluster)} --service ${word(service)} --desired-count ${String(count)}${anew}`;
}

function isSame(one: Suspension, other: Suspension): boolean {
  return one.in === other.in && one.out === other.out && one.scheduled === other.scheduled;
}
