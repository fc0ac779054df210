import type { ParameterDefinition, ParameterSetting } from '../aws/rds-parameters.js';

export interface CarriedParameter extends ParameterSetting {
  /** Static: the server has to start with it. */
  readonly restartNeeded: boolean;
}

export interface LeftParameter extends CarriedParameter {
  readonly why: string;
}

/**
 * Sized by hand for the memory of one instance class; Aurora Serverless v2 derives them from its capacity.
 * Source: "Parameters for Aurora Serverless v2".
 */
const sized = new Set(['shared_buffers', 'effective_cache_size', 'max_connections', 'maintenance_work_mem']);

/** Which of the source's parameters an Aurora family takes over, and why the others not. */
export function chooseParameters(
  settings: readonly ParameterSetting[],
  family: readonly ParameterDefinition[],
): { readonly applied: readonly CarriedParameter[]; readonly left: readonly LeftParameter[] } {
  const known = new Map(family.map((definition) => [definition.name, definition]));
  const judged = settings.map((setting) => {
    const definition = known.get(setting.name);
    const why = findReason(setting, definition);
    return { ...setting, restartNeeded: definition?.isStatic ?? false, why };
  });
  return {
    applied: judged.flatMap(({ why, ...parameter }) => (why === undefined ? [parameter] : [])),
    left: judged.flatMap(({ why, ...parameter }) => (why === undefined ? [] : [{ ...parameter, why }])),
  };
}

function findReason(
  { name, value }: ParameterSetting,
  definition: ParameterDefinition | undefined,
): string | undefined {
  if (definition === undefined) return 'Aurora PostgreSQL has no such parameter';
  if (!definition.isModifiable) return 'Aurora PostgreSQL does not let it be set';
  if (sized.has(name) || value.includes('{'))
    return 'Aurora Serverless v2 derives it from the capacity of the cluster';
  return isAllowed(value, definition.allowedValues)
    ? undefined
    : `Aurora PostgreSQL allows ${definition.allowedValues ?? ''} only`;
}

/** `10-100`, `-1-2147483647`, or words; RDS has no other forms for PostgreSQL. */
function isAllowed(value: string, allowed: string | undefined): boolean {
  if (allowed === undefined || allowed === '') return true;
  const range = /^(-?[\d.]+)-(-?[\d.]+)$/.exec(allowed);
  if (range !== null) return Number(value) >= Number(range[1]) && Number(value) <= Number(range[2]);
  const words = allowed.split(',').map((word) => word.trim());
  // A list of libraries or of names: each of them has to be among the words.
  return value.split(',').every((word) => words.includes(word.trim()));
}
