import { AwsError, type Action, type AwsStruct, type SandboxContext, type Service } from '../service.js';
import { randomText } from '../seeded-random.js';
import { paginate } from './paginate.js';
import {
  optionalFlag,
  optionalNumber,
  optionalStruct,
  optionalText,
  requiredText,
  structs,
  texts,
  textMap,
} from './read-input.js';

interface ScalableTarget {
  readonly namespace: string;
  readonly resourceId: string;
  readonly dimension: string;
  readonly arn: string;
  readonly created: Date;
  min: number;
  max: number;
  readonly suspended: { in: boolean; out: boolean; scheduled: boolean };
  readonly tags: Map<string, string>;
}

/** AWS milliseconds between two looks at a service's count. */
const lookMs = 60_000;
const ecsDimension = 'ecs:service:DesiredCount';
const pages = {
  size: 'MaxResults',
  token: 'NextToken',
  defaultSize: 50,
  badToken: 'InvalidNextTokenException',
};

/**
 * Application Auto Scaling: scalable targets, no policies. A desired count outside MinCapacity to MaxCapacity is pushed
 * back, unless that direction of scaling is suspended; this is what makes a pause by desired count 0 fail in AWS.
 */
export function createApplicationAutoScalingService(context: SandboxContext): Service {
  const targets = new ScalableTargets(context);
  return {
    name: 'application-autoscaling',
    protocol: 'json',
    namespace: 'AnyScaleFrontendService',
    actions: targets.actions(),
    stop: () => {
      targets.stop();
      return Promise.resolve();
    },
  };
}

class ScalableTargets {
  private readonly targets: ScalableTarget[] = [];
  private stopped = false;

  constructor(private readonly context: SandboxContext) {}

  stop(): void {
    this.stopped = true;
  }

  actions(): Record<string, Action> {
    return {
      RegisterScalableTarget: (input) => this.register(input),
      DeregisterScalableTarget: (input) => {
        this.targets.splice(this.targets.indexOf(this.get(input)), 1);
        return {};
      },
      DescribeScalableTargets: (input) => this.describe(input),
      DescribeScalingPolicies: () => ({ ScalingPolicies: [] }),
      ListTagsForResource: (input) => {
        const arn = requiredText(input, 'ResourceARN');
        const target = this.targets.find((candidate) => candidate.arn === arn);
        return { Tags: Object.fromEntries(target?.tags ?? []) };
      },
    };
  }

  private register(input: AwsStruct): AwsStruct {
    const known = this.find(input);
    const min = optionalNumber(input, 'MinCapacity') ?? known?.min;
    const max = optionalNumber(input, 'MaxCapacity') ?? known?.max;
    if (min === undefined || max === undefined) {
      throw new AwsError(
        'ValidationException',
        'MinCapacity and MaxCapacity are required to register a new scalable target',
      );
    }
    if (min > max)
      throw new AwsError('ValidationException', 'Minimum capacity cannot be greater than maximum capacity');
    const target = known ?? this.add(input, min, max);
    target.min = min;
    target.max = max;
    const state = optionalStruct(input, 'SuspendedState') ?? {};
    target.suspended.in = optionalFlag(state, 'DynamicScalingInSuspended') ?? target.suspended.in;
    target.suspended.out = optionalFlag(state, 'DynamicScalingOutSuspended') ?? target.suspended.out;
    target.suspended.scheduled =
      optionalFlag(state, 'ScheduledScalingSuspended') ?? target.suspended.scheduled;
    return { ScalableTargetARN: target.arn };
  }

  private add(input: AwsStruct, min: number, max: number): ScalableTarget {
    const { region, accountId, clock, random } = this.context;
    const id = randomText(random, 32);
    const target: ScalableTarget = {
      namespace: requiredText(input, 'ServiceNamespace'),
      resourceId: requiredText(input, 'ResourceId'),
      dimension: requiredText(input, 'ScalableDimension'),
      arn: `arn:aws:application-autoscaling:${region}:${accountId}:scalable-target/${id}`,
      created: clock.now(),
      min,
      max,
      suspended: { in: false, out: false, scheduled: false },
      tags: textMap(input, 'Tags'),
    };
    if (target.namespace !== 'ecs' || target.dimension !== ecsDimension) {
      throw new AwsError('ValidationException', `The sandbox scales ${ecsDimension} only`);
    }
    this.targets.push(target);
    void this.watch(target);
    return target;
  }

  private async watch(target: ScalableTarget): Promise<void> {
    for (;;) {
      await this.context.clock.after(lookMs);
      if (this.stopped || !this.targets.includes(target)) return;
      await this.pushBack(target).catch((error: unknown) => {
        this.context.log(`application-autoscaling: ${target.resourceId}: ${String(error)}`);
      });
    }
  }

  private async pushBack({ resourceId, min, max, suspended }: ScalableTarget): Promise<void> {
    const [, cluster = '', service = ''] = resourceId.split('/');
    const answer = await this.context.call('ecs', 'DescribeServices', { cluster, services: [service] });
    const count = optionalNumber(structs(answer, 'services')[0] ?? {}, 'desiredCount');
    if (count === undefined) return;
    const wanted = count < min && !suspended.out ? min : count > max && !suspended.in ? max : count;
    if (wanted !== count)
      await this.context.call('ecs', 'UpdateService', { cluster, service, desiredCount: wanted });
  }

  private describe(input: AwsStruct): AwsStruct {
    const namespace = requiredText(input, 'ServiceNamespace');
    const ids = texts(input, 'ResourceIds');
    const dimension = optionalText(input, 'ScalableDimension');
    const found = this.targets.filter(
      (target) =>
        target.namespace === namespace &&
        (ids.length === 0 || ids.includes(target.resourceId)) &&
        (dimension ?? target.dimension) === target.dimension,
    );
    const { items, next } = paginate(found, input, pages);
    return { ScalableTargets: items.map((target) => this.shape(target)), NextToken: next };
  }

  private shape(target: ScalableTarget): AwsStruct {
    return {
      ServiceNamespace: target.namespace,
      ResourceId: target.resourceId,
      ScalableDimension: target.dimension,
      MinCapacity: target.min,
      MaxCapacity: target.max,
      RoleARN: `arn:aws:iam::${this.context.accountId}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
      CreationTime: target.created,
      SuspendedState: {
        DynamicScalingInSuspended: target.suspended.in,
        DynamicScalingOutSuspended: target.suspended.out,
        ScheduledScalingSuspended: target.suspended.scheduled,
      },
      ScalableTargetARN: target.arn,
    };
  }

  private find(input: AwsStruct): ScalableTarget | undefined {
    const namespace = requiredText(input, 'ServiceNamespace');
    const resourceId = requiredText(input, 'ResourceId');
    const dimension = requiredText(input, 'ScalableDimension');
    return this.targets.find(
      (target) =>
        target.namespace === namespace && target.resourceId === resourceId && target.dimension === dimension,
    );
  }

  private get(input: AwsStruct): ScalableTarget {
    const target = this.find(input);
    if (target === undefined) {
      throw new AwsError(
        'ObjectNotFoundException',
        `No scalable target registered for service namespace: ${requiredText(input, 'ServiceNamespace')}, resource ID: ${requiredText(input, 'ResourceId')}, scalable dimension: ${requiredText(input, 'ScalableDimension')}`,
      );
    }
    return target;
  }
}
