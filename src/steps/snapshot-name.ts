/** What the ARN of a snapshot tells. Source: "Amazon Resource Names (ARNs) in Amazon RDS". */
export interface SnapshotArn {
  readonly region: string;
  readonly account: string;
  /** `snapshot` of an instance, `cluster-snapshot` of a cluster. */
  readonly kind: string;
  readonly name: string;
}

/** Undefined for a name. The name of an automated snapshot, `rds:…`, has a colon of its own. */
export function parseSnapshotArn(text: string): SnapshotArn | undefined {
  const [, region, account, kind, name] = /^arn:[^:]+:rds:([^:]*):([^:]*):([^:]+):(.+)$/.exec(text) ?? [];
  if (region === undefined || account === undefined || kind === undefined || name === undefined)
    return undefined;
  return { region, account, kind, name };
}

/** What people call it, and type to agree to it. */
export function snapshotName(text: string): string {
  return parseSnapshotArn(text)?.name ?? text;
}

/** True for the ARN of a snapshot that another account owns. */
export function isOfOther(snapshot: string, account: string): boolean {
  return (parseSnapshotArn(snapshot)?.account ?? account) !== account;
}

const minute = 60_000;
const units = [
  { name: 'day', ms: 1_440 * minute },
  { name: 'hour', ms: 60 * minute },
  { name: 'minute', ms: minute },
] as const;

/** `3 days and 4 hours`, `1 hour`, `less than a minute`: the two largest units. */
export function describeAge(ms: number): string {
  const largest = units.findIndex((unit) => ms >= unit.ms);
  if (largest === -1) return 'less than a minute';
  let rest = ms;
  const parts = units.slice(largest, largest + 2).flatMap((unit) => {
    const count = Math.floor(rest / unit.ms);
    rest -= count * unit.ms;
    return count === 0 ? [] : [`${String(count)} ${unit.name}${count === 1 ? '' : 's'}`];
  });
  return parts.join(' and ');
}
