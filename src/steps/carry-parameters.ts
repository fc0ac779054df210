/**
 * Takes the parameters that somebody has set on the source over into a new cluster parameter group, which the cluster is
 * then restored with; groups of RDS for PostgreSQL cannot be used with Aurora. What Aurora does not take is told. The name
 * is fixed by the run id, tags prove whose the group is, and setting the same parameters again changes nothing.
 */
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { ParameterSetting } from '../aws/rds-parameters.js';
import type { Config } from '../config/schema.js';
import { PreconditionError, VerifyError } from '../errors.js';
import type { Step, StepIo } from '../pipeline/step.js';
import { word } from './by-hand.js';
import { isOurs, ownTags } from './ownership.js';
import { chooseParameters } from './parameter-choice.js';
import { carryParameters, checkReadiness } from './refs.js';

export interface CarryParametersDeps {
  readonly rds: Pick<
    RdsGateway,
    | 'findInstance'
    | 'listUserParameters'
    | 'listUserClusterParameters'
    | 'listClusterFamily'
    | 'findClusterParameterGroup'
    | 'createClusterParameterGroup'
    | 'setClusterParameters'
    | 'deleteClusterParameterGroup'
  >;
}

interface In {
  readonly group: string;
  readonly family: string;
  readonly instance: string;
}
type Out = ReturnType<typeof carryParameters.output.parse>;

/** Source: ModifyDBClusterParameterGroup. */
const mostAtOnce = 20;

export function createCarryParameters({ rds }: CarryParametersDeps): Step<In, Out, Config> {
  return {
    ...carryParameters,
    title: 'Take over the parameters of the source',
    typicalSeconds: [2, 10],
    reversal: {
      kind: 'undo',
      note: ({ group }) => [
        `aws rds delete-db-cluster-parameter-group --db-cluster-parameter-group-name ${word(group)}`,
      ],
      undo: (io, input) => undo(rds, io, input.group),
    },
    select: ({ runId, outputOf }) => {
      const { source, targetEngineVersion } = outputOf(checkReadiness);
      return {
        group: groupName(runId),
        family: familyOf(targetEngineVersion),
        instance: source.identifier,
      };
    },
    plan: async (_io, { config }) => {
      const source = await rds.findInstance(config.source.instance);
      const settings = await readSettings(rds, source?.parameterGroups ?? []);
      if (settings.length === 0)
        return { kind: 'satisfied', because: 'no parameter of the source was changed' };
      const { applied, left } = await choose(rds, settings, familyOf(source?.engineVersion ?? ''));
      return {
        kind: 'change',
        effects: [
          ...(applied.length === 0
            ? []
            : [`creates a cluster parameter group with ${applied.map(describe).join(', ')}`]),
          ...left.map((one) => `does not take over ${describe(one)}: ${one.why}`),
        ],
        calls: ['rds:CreateDBClusterParameterGroup', 'rds:ModifyDBClusterParameterGroup'],
      };
    },
    run: async (io, input) => {
      const source = await rds.findInstance(input.instance);
      const settings = await readSettings(rds, source?.parameterGroups ?? []);
      const { applied, left } = await choose(rds, settings, input.family);
      for (const one of left) io.note(`not taken over: ${describe(one)}: ${one.why}`);
      if (applied.length > 0) await apply(rds, io, input, applied);
      return {
        parameterGroup: applied.length > 0 ? input.group : null,
        applied: applied.map((one) => ({ ...one })),
        left: left.map((one) => ({ ...one })),
      };
    },
    verify: async (_io, _input, { parameterGroup, applied }) => {
      if (parameterGroup === null) return;
      const found = await rds.findClusterParameterGroup(parameterGroup);
      const set = found === undefined ? [] : await rds.listUserClusterParameters(parameterGroup);
      const missing = applied.filter(
        ({ name, value }) => !set.some((one) => one.name === name && one.value === value),
      );
      if (missing.length === 0) return;
      throw new VerifyError(
        'ParametersChanged',
        `the parameter group ${parameterGroup} does not have ${missing.map(describe).join(', ')}`,
        {
          why: found === undefined ? 'Somebody deleted it' : 'Somebody changed it',
          resource: parameterGroup,
        },
      );
    },
  };
}

type Rds = CarryParametersDeps['rds'];

/** RDS stores names of parameter groups in lower case. */
function groupName(runId: string): string {
  return `rds2aurora-${runId}`.toLowerCase();
}

function familyOf(version: string): string {
  return `aurora-postgresql${version.split('.')[0] ?? ''}`;
}

async function readSettings(rds: Rds, groups: readonly string[]): Promise<ParameterSetting[]> {
  const found: ParameterSetting[] = [];
  for (const group of groups) found.push(...(await rds.listUserParameters(group)));
  return found;
}

async function choose(rds: Rds, settings: readonly ParameterSetting[], family: string) {
  return settings.length === 0
    ? { applied: [], left: [] }
    : chooseParameters(settings, await rds.listClusterFamily(family));
}

async function apply(
  rds: Rds,
  io: StepIo,
  { group, family, instance }: In,
  settings: readonly ParameterSetting[],
): Promise<void> {
  const found = await rds.findClusterParameterGroup(group);
  if (found !== undefined && !isOurs(found, io.runId))
    throw new PreconditionError(
      'ParameterGroupNotOurs',
      `a cluster parameter group named ${group} exists and was not made by this run`,
      {
        why: 'The tool changes only what its own run has made',
        next: ['begin a new run'],
        resource: found.arn,
      },
    );
  if (found === undefined)
    await io.mutate({ call: 'rds:CreateDBClusterParameterGroup', key: group }, () =>
      rds.createClusterParameterGroup({
        name: group,
        family,
        description: `Parameters of ${instance}`,
        tags: ownTags(io),
      }),
    );
  const set = await rds.listUserClusterParameters(group);
  const open = settings.filter(
    ({ name, value }) => !set.some((one) => one.name === name && one.value === value),
  );
  for (let from = 0; from < open.length; from += mostAtOnce) {
    const some = open.slice(from, from + mostAtOnce);
    await io.mutate(
      { call: 'rds:ModifyDBClusterParameterGroup', key: `${group}/${some.map(({ name }) => name).join()}` },
      () => rds.setClusterParameters(group, some),
    );
  }
}

async function undo(rds: Rds, io: StepIo, group: string): Promise<void> {
  const found = await rds.findClusterParameterGroup(group);
  if (found === undefined) return;
  if (isOurs(found, io.runId))
    await io.mutate({ call: 'rds:DeleteDBClusterParameterGroup', key: group }, () =>
      rds.deleteClusterParameterGroup(group),
    );
  else io.note(`the parameter group ${group} does not carry this run's tag and is left alone`);
}

function describe({ name, value, restartNeeded }: ParameterSetting & { restartNeeded: boolean }): string {
  return `${name} = ${value}${restartNeeded ? ' (restart needed to change it)' : ''}`;
}
