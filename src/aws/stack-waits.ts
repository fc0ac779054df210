import type { ChangeSet } from './cloudformation-change-sets.js';
import type { CloudFormationGateway } from './cloudformation-gateway.js';
import type { Stack, StackEvent } from './cloudformation-stacks.js';
import { present } from './database-waits.js';
import type { Poll, PollTarget, Waiting } from './poll.js';
import {
  changeSetWorkedOut,
  driftDetected,
  stackDeployed,
  stackGone,
  stackSettled,
} from './resource-states.js';

/** CloudFormation's own handlers may take 36 hours over a database; a small one takes minutes. */
const timeoutMs = 6 * 3_600_000;

export interface StackWaits {
  /** Follows the events; the error of a failed stack carries the earliest real cause. */
  untilStackDeployed(io: Waiting, stackId: string): Promise<Stack>;
  /** Waits for the end of whatever the stack is doing, good or bad. */
  untilStackSettled(io: Waiting, stackId: string): Promise<Stack>;
  untilStackGone(io: Waiting, stackId: string): Promise<void>;
  /** `id`: of the detection that was begun. */
  untilDriftDetected(io: Waiting, stack: string, id: string): Promise<void>;
  /** An empty change set counts as worked out. */
  untilChangeSetWorkedOut(io: Waiting, stack: string, name: string): Promise<ChangeSet>;
}

type Calls = Pick<
  CloudFormationGateway,
  'findStack' | 'listLatestEvents' | 'findChangeSet' | 'findDriftDetection'
>;

export function createStackWaits(cloudFormation: Calls, poll: Poll): StackWaits {
  const stack = (io: Waiting, stackId: string): Omit<PollTarget<Stack>, 'states' | 'missing'> => {
    const follow = createEventFollower(io, cloudFormation, stackId);
    return {
      resource: `stack ${shortName(stackId)}`,
      read: async () => {
        const found = await cloudFormation.findStack(stackId);
        if (found !== undefined) await follow.look();
        return found;
      },
      stateOf: (found) => found.status,
      identityOf: (found) => found.id,
      timeoutMs,
      reasonOf: (found) => follow.cause() ?? found.statusReason,
      next: [`aws cloudformation describe-stack-events --stack-name ${shortName(stackId)}`],
    };
  };
  return {
    untilStackDeployed: async (io, stackId) =>
      present(await poll(io, { ...stack(io, stackId), states: stackDeployed, missing: 'gone' })),
    untilStackSettled: async (io, stackId) =>
      present(await poll(io, { ...stack(io, stackId), states: stackSettled, missing: 'gone' })),
    untilStackGone: async (io, stackId) => {
      await poll(io, { ...stack(io, stackId), states: stackGone, missing: 'done' });
    },
    untilDriftDetected: async (io, name, id) => {
      await poll(io, {
        resource: `drift detection of ${name}`,
        read: () => cloudFormation.findDriftDetection(id),
        stateOf: (found) => found.status,
        reasonOf: (found) => found.reason,
        states: driftDetected,
        missing: 'stale',
        timeoutMs: 1_800_000,
      });
    },
    untilChangeSetWorkedOut: async (io, name, changeSet) =>
      present(
        await poll(io, {
          resource: `change set ${changeSet}`,
          read: () => cloudFormation.findChangeSet(name, changeSet),
          stateOf: (found: ChangeSet) => found.status,
          states: changeSetWorkedOut,
          missing: 'stale',
          timeoutMs: 1_800_000,
        }),
      ),
  };
}

function createEventFollower(io: Waiting, cloudFormation: Pick<Calls, 'listLatestEvents'>, stackId: string) {
  const seen = new Set<string>();
  let events: readonly StackEvent[] = [];
  return {
    look: async () => {
      events = await cloudFormation.listLatestEvents(stackId);
      for (const event of events) {
        if (seen.has(event.id)) continue;
        seen.add(event.id);
        if (event.physicalId !== event.stackId)
          io.observed(`${event.logicalId} (${event.type})`, event.status);
      }
    },
    cause: () => earliestCause(events),
  };
}

/**
 * Why an operation failed: the first failure that is not merely another resource's cancellation.
 * Source: "Troubleshooting CloudFormation", stack events.
 */
export function earliestCause(events: readonly StackEvent[]): string | undefined {
  const cause = events.find(
    (event) =>
      event.status.endsWith('_FAILED') && !/^Resource (creation|update) cancelled/i.test(event.reason ?? ''),
  );
  return cause === undefined
    ? undefined
    : `${cause.logicalId} (${cause.type}): ${cause.reason ?? cause.status}`;
}

/** `production-rag-stack` of its ARN, or of itself. */
function shortName(stackId: string): string {
  return stackId.startsWith('arn:') ? (stackId.split('/')[1] ?? stackId) : stackId;
}
