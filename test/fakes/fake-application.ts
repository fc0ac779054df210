import type { EcsService } from '../../src/aws/ecs-gateway.js';
import type { ScalableService, Suspension } from '../../src/aws/scaling-gateway.js';

/**
 * One ECS service and its scaling. Tasks come and go at once. Scaling that may scale out and finds fewer tasks than its
 * minimum brings them back, as Application Auto Scaling does.
 */
export class FakeApplication {
  readonly mutations: string[] = [];
  /** Undefined: there is no such service. */
  desiredCount: number | undefined = 2;
  /** Undefined: nobody scales it. */
  scaling: ScalableService | undefined = {
    ...{ min: 1, max: 4 },
    suspension: { in: false, out: false, scheduled: false },
  };
  #deployments = 1;

  snapshot(): object {
    return { tasks: this.#settle() ?? 'no service', suspension: this.scaling?.suspension ?? 'no scaling' };
  }

  readonly ecs = {
    findService: () => Promise.resolve(this.#toService()),
    countLiveTasks: () => Promise.resolve(this.#settle() ?? 0),
    setDesiredCount: (
      _cluster: string,
      service: string,
      count: number,
      options?: { forceNewDeployment: boolean },
    ) =>
      this.#mutate(`UpdateService ${service} ${String(count)}`, () => {
        if (this.desiredCount === undefined) throw new Error('ServiceNotFoundException');
        this.desiredCount = count;
        if (options?.forceNewDeployment === true) this.#deployments += 1;
      }),
  };

  readonly autoScaling = {
    findScaling: () => Promise.resolve(this.scaling),
    setSuspension: (_cluster: string, service: string, suspension: Suspension) =>
      this.#mutate(`RegisterScalableTarget ${service}`, () => {
        if (this.scaling === undefined)
          throw new Error('ValidationException: MinCapacity cannot be null when registering a new target');
        this.scaling = { ...this.scaling, suspension };
      }),
  };

  readonly waits = {
    untilNoTasks: () =>
      this.#settle() === 0 ? Promise.resolve() : Promise.reject(new Error('tasks are running')),
    untilRolledOut: () => {
      const service = this.#toService();
      return service === undefined ? Promise.reject(new Error('no service')) : Promise.resolve(service);
    },
    untilLogged: () => Promise.resolve({ at: new Date(0), text: 'ready' } as never),
  };

  #settle(): number | undefined {
    if (this.desiredCount === undefined || this.scaling?.suspension.out !== false) return this.desiredCount;
    this.desiredCount = Math.max(this.desiredCount, this.scaling.min);
    return this.desiredCount;
  }

  #toService(): EcsService | undefined {
    const count = this.#settle();
    if (count === undefined) return undefined;
    const deployment = {
      id: String(this.#deployments),
      primary: true,
      rolloutState: 'COMPLETED',
      running: count,
    };
    return {
      ...{ arn: 'arn:aws:ecs:us-east-1:123456789012:service/rag', status: 'ACTIVE', taskDefinition: 'rag:1' },
      ...{ desiredCount: count, runningCount: count, securityGroups: [] },
      deployments: [{ ...deployment, rolloutReason: undefined, createdAt: new Date(0), failedTasks: 0 }],
    };
  }

  #mutate(what: string, change: () => void): Promise<void> {
    this.mutations.push(what);
    // As in life, it is done before its caller hears of it.
    return Promise.resolve().then(change);
  }
}
