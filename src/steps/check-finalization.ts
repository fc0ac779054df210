/**
 * Looks for everything that stands against ending the source, and decides what goes: the old stack, where it serves the
 * source alone, or the instance, where the stack owns what lives on or no stack owns the source. Reads only.
 */
import type { Stack } from '../aws/cloudformation-stacks.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { Config } from '../config/schema.js';
import { PreconditionError, VerifyError, type Problem } from '../errors.js';
import type { Inputs, PlanIo, Step } from '../pipeline/step.js';
import { findFinalizeProblems, type FinalizeProblemsDeps, type FinishedMove } from './finalize-problems.js';
import {
  findLeftovers,
  findOwner,
  readOwningStack,
  usedBy,
  type Owner,
  type OwningStackDeps,
} from './owning-stack.js';
import {
  awaitTarget,
  checkFinalization,
  checkReadiness,
  deleteStack,
  fingerprintSource,
  giveUpSource,
  pauseWriters,
  validateTarget,
  verifyData,
  type Finalization,
} from './refs.js';
import { judgeStackEnding } from './stack-ending.js';

export type CheckFinalizationDeps = FinalizeProblemsDeps & OwningStackDeps;

interface In extends FinishedMove {
  /** In place, by snapshot: the stack that this run deleted, with the source in it. */
  readonly isGone: boolean;
  readonly pausedAt: string;
}

type Finding = { readonly found: Finalization } | { readonly problems: readonly Problem[] };
type Find = Pick<Inputs<Config>, 'config' | 'findOutputOf'>;

export function createCheckFinalization(deps: CheckFinalizationDeps): Step<In, Finalization, Config> {
  return {
    ...checkFinalization,
    title: 'Check that the source may go',
    typicalSeconds: [2, 20],
    reversal: { kind: 'nothing-to-undo', because: 'it only reads' },
    select: (from) => selectMove(from),
    plan: async (io, { config, findOutputOf }) => {
      if (findOutputOf === undefined) return { kind: 'satisfied', because: 'there is no finished run yet' };
      const finding = await look(deps, selectMove({ config, findOutputOf }), io);
      if ('problems' in finding) return { kind: 'blocked', problems: finding.problems };
      return { kind: 'change', effects: describeEnding(finding.found) };
    },
    run: async (io, input) => {
      const finding = await look(deps, input, io);
      if ('problems' in finding) throw refused(finding.problems);
      describeEnding(finding.found).forEach((line) => {
        io.note(line);
      });
      return finding.found;
    },
    verify: async (io, input, output) => {
      const finding = await look(deps, input, io);
      if ('found' in finding && isSameEnding(finding.found, output)) return;
      const problems = 'problems' in finding ? finding.problems : [];
      throw new VerifyError(
        problems[0]?.code ?? 'SourceChanged',
        problems.map((problem) => problem.what).join('; ') ||
          `${output.instance.identifier}, or the stack that owns it, is another one now`,
        {
          why: 'The source may not go as things are now',
          next: problems.map((problem) => problem.fix),
          resource: output.instance.arn,
        },
      );
    },
  };
}

/** @throws Error when a step of the move has no output: the run has not finished */
function selectMove({ config, findOutputOf }: Find): In {
  const readiness = findOutputOf(checkReadiness);
  const target = findOutputOf(awaitTarget);
  if (readiness === undefined || target === undefined) throw new Error('the run has not finished');
  const { source } = readiness;
  return {
    config,
    source,
    target,
    tables: findOutputOf(fingerprintSource)?.tables ?? 0,
    checks: findOutputOf(validateTarget)?.checks ?? [],
    comparisons: [
      ...(findOutputOf(verifyData)?.comparisons ?? []),
      ...(findOutputOf(validateTarget)?.comparisons ?? []),
    ],
    isGone: findOutputOf(deleteStack) !== undefined || findOutputOf(giveUpSource) !== undefined,
    pausedAt: findOutputOf(pauseWriters)?.pausedAt ?? '',
  };
}

async function look(deps: CheckFinalizationDeps, move: In, io: PlanIo): Promise<Finding> {
  const instance = await deps.rds.findInstance(move.source.identifier);
  if (instance?.resourceId === undefined || move.isGone || isAnother(move, instance))
    return { problems: [noSource(move, instance)] };
  const problems = await findFinalizeProblems(deps, move, instance, io.signal);
  const owner = await findOwner(deps, move.config, instance);
  if (owner !== undefined && !settled.test(owner.stack.status)) problems.push(notAtRest(owner.stack));
  if (problems.length > 0) return { problems };
  return { found: await decide(deps, move.config, { ...instance, resourceId: instance.resourceId }, owner) };
}

async function decide(
  deps: CheckFinalizationDeps,
  config: Config,
  instance: DbInstance & { readonly resourceId: string },
  owner: Owner | undefined,
): Promise<Finalization> {
  const { identifier, arn, resourceId } = instance;
  const used = usedBy(await deps.rds.findCluster(config.target.cluster));
  const own = { instance: { identifier, arn, resourceId } };
  if (owner === undefined) {
    const leftovers = await findLeftovers(deps, config, instance, used);
    return { ...own, ending: 'instance', stack: null, keep: [], stays: [], leftovers };
  }
  const { id, name } = owner.stack;
  const ends = judgeStackEnding(await readOwningStack(deps, config, owner, used));
  return { ...own, ...ends, stack: { id, name, source: owner.source }, leftovers: [] };
}

/** What will go and what will stay, one sentence each. */
export function describeEnding({ instance, ending, stack, keep, stays }: Finalization): string[] {
  const kept = keep.length === 0 ? [] : [`${keep.join(' and ')} of ${stack?.name ?? ''} will be kept`];
  if (stack === null) return [`no stack owns ${instance.identifier}: the instance alone will be deleted`];
  if (ending === 'stack')
    return [`${stack.name} serves ${instance.identifier} alone: the whole stack will be deleted`, ...kept];
  const most = 6;
  const others = stays.length > most ? [`and ${String(stays.length - most)} more`] : [];
  return [
    `the stack ${stack.name} stays, only ${instance.identifier} will be deleted: ${[...stays.slice(0, most), ...others].join(', ')}`,
    ...kept,
  ];
}

function isSameEnding(found: Finalization, output: Finalization): boolean {
  return (
    found.instance.resourceId === output.instance.resourceId &&
    found.ending === output.ending &&
    found.stack?.id === output.stack?.id
  );
}

/** RDS gives a new instance of the same name the same ARN. */
function isAnother({ pausedAt }: In, { createdAt }: DbInstance): boolean {
  // Both are ISO 8601 in UTC, with milliseconds.
  return createdAt !== undefined && pausedAt !== '' && createdAt.toISOString() > pausedAt;
}

function noSource({ source, isGone }: In, instance: DbInstance | undefined): Problem {
  const why = isGone
    ? 'The run itself has deleted it, alone or with its stack; its snapshot has to stay for as long as there may be a way back'
    : instance === undefined
      ? 'Somebody has deleted it already'
      : 'An instance of that name was made after the move';
  return {
    code: 'SourceGone',
    what: `the source of this run, ${source.identifier}, is there no more`,
    why,
    fix: 'there is nothing to end',
  };
}

const settled = /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE$/;

function notAtRest({ name, status }: Stack): Problem {
  return {
    code: 'StackNotReady',
    what: `the stack ${name} is ${status}`,
    why: 'CloudFormation takes no change in this state',
    fix: 'wait until it has finished, or bring it into a _COMPLETE state',
  };
}

function refused(problems: readonly Problem[]): PreconditionError {
  const [first] = problems;
  return new PreconditionError(
    first?.code ?? 'NotFinalizable',
    problems.map((problem) => problem.what).join('; '),
    { why: first?.why ?? '', next: problems.map((problem) => problem.fix), changed: false, resumable: true },
  );
}
