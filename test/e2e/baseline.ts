import { z } from 'zod';
import { connect } from '../../src/sandbox/scenario/conversation-store.js';
import { listOurs } from '../campaigns/list-ours.js';
import type { World } from './harness.js';
import { readState, type SourceFacts, type WorldState } from './world-state.js';

/** Everything that a run changes and its undo brings back, the application's rows aside. */
export interface Baseline extends WorldState {
  /** Value of the application's secret. */
  readonly secret: string;
  /** What Application Auto Scaling is kept from; absent where nobody scales the service. */
  readonly suspended: Readonly<Record<string, boolean>> | undefined;
  /** `default_transaction_read_only` of the source. */
  readonly readOnly: string | null;
  /** Of the stack that owns the source, as it was given. */
  readonly template: string;
  /** Snapshots and parameter groups of runs. */
  readonly made: readonly string[];
}

const stack = { StackName: 'production-rag-stack', TemplateStage: 'Original' };
const target = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/production-rag/rag',
  ScalableDimension: 'ecs:service:DesiredCount',
};
const targetsShape = z.object({
  ScalableTargets: z.array(z.object({ SuspendedState: z.record(z.string(), z.boolean()) })),
});

/** The application is scaled, and somebody has suspended a part of that. */
export async function scaleApplication({ sandbox: { call } }: World): Promise<void> {
  const SuspendedState = { DynamicScalingInSuspended: true };
  await call('application-autoscaling', 'RegisterScalableTarget', {
    ...{ ...target, MinCapacity: 1, MaxCapacity: 4, SuspendedState },
  });
}

export async function readBaseline(world: World, source: SourceFacts): Promise<Baseline> {
  const { call } = world.sandbox;
  const { SecretString } = await call('secretsmanager', 'GetSecretValue', {
    SecretId: 'production-rag-db-password',
  });
  const { ScalableTargets } = targetsShape.parse(
    await call('application-autoscaling', 'DescribeScalableTargets', { ServiceNamespace: 'ecs' }),
  );
  return {
    ...(await readState(world)),
    secret: String(SecretString),
    suspended: ScalableTargets[0]?.SuspendedState,
    readOnly: await readReadOnly(source),
    template: String((await call('cloudformation', 'GetTemplate', stack))['TemplateBody']),
    made: await listOurs(world),
  };
}

async function readReadOnly({ address }: SourceFacts): Promise<string | null> {
  const client = await connect(address);
  try {
    const { rows } = await client.query<{ value: string }>(
      `SELECT v AS value FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) v
       WHERE s.setrole = 0 AND v LIKE 'default_transaction_read_only=%'`,
    );
    return rows[0]?.value ?? null;
  } finally {
    await client.end();
  }
}
