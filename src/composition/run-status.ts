import { createAwsGateways } from '../aws/aws-gateways.js';
import type { LockInspection } from '../cli/describe-run.js';
import type { LiveResult } from '../cli/live-schema.js';
import { MigrationError } from '../errors.js';
import { estimateHour } from '../estimates/costs.js';
import { estimateTimeLeft } from '../estimates/time-left.js';
import type { RunState } from '../journal/run-state.js';
import { lookAtAws, type Look } from './look-at-aws.js';
import { recordedConfig } from './recorded-config.js';

interface LookOptions {
  readonly profile: string | undefined;
  readonly toolVersion: string;
}

export interface CreateLook extends LookOptions {
  /** Nothing is asked. */
  readonly offline: boolean;
  readonly everyMs: number;
  readonly now: () => Date;
}

type Looked = { readonly region: string; readonly look: Look } | { readonly problem: string };

/** What AWS is doing now for the run of this journal; the journal names all that is asked for. Never throws for AWS. */
async function lookAt(state: RunState, { profile, toolVersion }: LookOptions): Promise<Looked> {
  const config = recordedConfig(state);
  if (config === undefined)
    return { problem: 'the journal was written by a version with another configuration' };
  const { region } = config;
  const aws = createAwsGateways({
    ...{ region, version: toolVersion, impatient: true },
    ...(profile === undefined ? {} : { profile }),
  });
  try {
    return { region, look: await lookAtAws(aws, config, state) };
  } catch (error) {
    if (error instanceof MigrationError) return { problem: error.message };
    throw error;
  }
}

/** Finds what is told of a run beyond its journal; AWS is asked again after `everyMs`, and meanwhile taken as it was. */
export function createLook({ offline, everyMs, now, ...options }: CreateLook) {
  let looked: Looked | undefined;
  let at = -Infinity;
  return async (state: RunState, lock: LockInspection): Promise<LiveResult> => {
    const time = now().getTime();
    // The last look is a fresh one.
    if (!offline && (time - at >= everyMs || !isAtWork(lock))) {
      looked = await lookAt(state, options);
      at = time;
    }
    return describeLive(state, lock, looked, now());
  };
}

/** `looked` is undefined when AWS was not to be asked. */
function describeLive(
  state: RunState,
  lock: LockInspection,
  looked: Looked | undefined,
  now: Date,
): LiveResult {
  const timeLeft = timeLeftOf(state, lock, now);
  const left = { timeLeft: timeLeft === undefined ? null : { ...timeLeft, seconds: pair(timeLeft.seconds) } };
  if (looked === undefined || 'problem' in looked)
    return { live: null, liveProblem: looked?.problem ?? null, cost: null, ...left };
  const { region, look } = looked;
  const { lines, perHour, ...cost } = estimateHour(region, look.instances, look.acu);
  return {
    live: [...look.resources],
    liveProblem: null,
    cost: {
      ...cost,
      lines: lines.map(({ what, usd, basis }) => ({ what, usd: usd === null ? null : pair(usd), basis })),
      perHour: perHour === null ? null : pair(perHour),
    },
    ...left,
  };
}

function timeLeftOf(state: RunState, lock: LockInspection, now: Date) {
  if (state.outcome !== 'unfinished') return undefined;
  const planned = new Map(state.header.steps.map(({ id, seconds }) => [id, seconds]));
  const steps = state.steps.map(({ id, status, startedAt }) => {
    const seconds = planned.get(id);
    return {
      status,
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(seconds === undefined ? {} : { seconds }),
    };
  });
  return estimateTimeLeft(steps, isAtWork(lock) ? now : undefined);
}

function isAtWork(lock: LockInspection): boolean {
  return lock !== undefined && lock.liveness !== 'dead';
}

function pair([low, high]: readonly [number, number]): [number, number] {
  return [low, high];
}
