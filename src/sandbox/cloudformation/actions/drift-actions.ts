import type { Action, AwsStruct } from '../../service.js';
import { inBackground } from '../engine/background.js';
import { detectDrift, type ResourceDrift } from '../engine/detect-drift.js';
import type { Environment } from '../engine/environment.js';
import { randomUuid } from '../engine/random-text.js';
import type { Stack } from '../stacks/stack.js';
import { validationError } from '../template/template-error.js';
import { pageOf } from './pages.js';
import { givenTexts, requiredText } from './request.js';
import { members } from './shapes.js';

interface Detection {
  readonly id: string;
  readonly stack: Stack;
  readonly at: Date;
  status: 'DETECTION_IN_PROGRESS' | 'DETECTION_COMPLETE' | 'DETECTION_FAILED';
  reason: string | undefined;
  drifts: readonly ResourceDrift[];
}

const driftsPerPage = 100;

/** Drift detection: started, asked after, read. */
export function driftActions(env: Environment): Readonly<Record<string, Action>> {
  const detections: Detection[] = [];
  return {
    DetectStackDrift: (input) => {
      const stack = env.store.get(requiredText(input, 'StackName'));
      const detection: Detection = {
        id: randomUuid(env.context.random),
        stack,
        at: env.context.clock.now(),
        status: 'DETECTION_IN_PROGRESS',
        reason: undefined,
        drifts: [],
      };
      detections.push(detection);
      inBackground(
        env,
        stack,
        async () => detect(env, detection),
        (reason) => Object.assign(detection, { status: 'DETECTION_FAILED', reason }),
      );
      return { StackDriftDetectionId: detection.id };
    },
    DescribeStackDriftDetectionStatus: (input) => {
      const id = requiredText(input, 'StackDriftDetectionId');
      const found = detections.find((detection) => detection.id === id);
      if (!found) throw validationError(`Drift detection ${id} does not exist`);
      return statusShape(found);
    },
    DescribeStackResourceDrifts: (input) => {
      const stack = env.store.get(requiredText(input, 'StackName'));
      const wanted = givenTexts(input, 'StackResourceDriftStatusFilters') ?? [];
      const last = detections.findLast(
        (detection) => detection.stack === stack && detection.status === 'DETECTION_COMPLETE',
      );
      const found = (last?.drifts ?? []).filter(
        ({ status }) => wanted.length === 0 || wanted.includes(status),
      );
      const page = pageOf(found, input, driftsPerPage);
      return {
        StackResourceDrifts: members(page.items.map((drift) => driftShape(stack, drift))),
        NextToken: page.nextToken,
      };
    },
  };
}

async function detect(env: Environment, detection: Detection): Promise<void> {
  detection.drifts = await detectDrift(env, detection.stack);
  detection.status = 'DETECTION_COMPLETE';
}

function statusShape({ id, stack, at, status, reason, drifts }: Detection): AwsStruct {
  const done = status === 'DETECTION_COMPLETE';
  return {
    StackId: stack.id,
    StackDriftDetectionId: id,
    DetectionStatus: status,
    DetectionStatusReason: reason,
    StackDriftStatus: done ? stack.drift.status : undefined,
    DriftedStackResourceCount: done ? drifts.filter((drift) => drift.status !== 'IN_SYNC').length : undefined,
    Timestamp: at,
  };
}

function driftShape(stack: Stack, drift: ResourceDrift): AwsStruct {
  return {
    StackId: stack.id,
    LogicalResourceId: drift.logicalId,
    PhysicalResourceId: drift.physicalId,
    ResourceType: drift.type,
    ExpectedProperties: JSON.stringify(drift.expected),
    ActualProperties: JSON.stringify(drift.actual),
    PropertyDifferences: members(
      drift.differences.map(({ name, expected, actual }) => ({
        PropertyPath: `/${name}`,
        ExpectedValue: expected,
        ActualValue: actual,
        DifferenceType: 'NOT_EQUAL',
      })),
    ),
    StackResourceDriftStatus: drift.status,
    Timestamp: drift.at,
  };
}
