import type { DatabaseWaits } from '../aws/database-waits.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { RdsGateway } from '../aws/rds-gateway.js';
import type { StepIo } from '../pipeline/step.js';
import { isOurs } from './ownership.js';

export interface TemporaryInstanceDeps {
  readonly rds: Pick<RdsGateway, 'findInstance' | 'deleteInstance'>;
  readonly waits: Pick<DatabaseWaits, 'untilInstanceAvailable' | 'untilInstanceGone'>;
}

/** Of an instance: 63 characters at most, beginning with a letter. The end of a run id tells it from all others. */
export function temporaryIdentifier(runId: string): string {
  const kept = runId
    .toLowerCase()
    .slice(-52)
    .replace(/^[^a-z0-9]+/, '');
  return `rds2aurora-${kept}`;
}

/** RDS deletes no instance in these; each passes by itself. Source: "Viewing DB instance status" (RDS User Guide). */
const unsettled = new Set(['backing-up', 'creating', 'modifying', 'resetting-master-credentials']);

/** Deletes the instance if this run made it, and waits until it has gone. Safe to call again. */
export async function deleteTemporary(
  { rds, waits }: TemporaryInstanceDeps,
  io: StepIo,
  identifier: string,
): Promise<void> {
  let found: DbInstance | undefined = await rds.findInstance(identifier);
  if (found === undefined) return;
  if (!isOurs(found, io.runId)) {
    io.note(`the instance ${identifier} does not carry this run's tag and is left alone`);
    return;
  }
  if (unsettled.has(found.status)) found = await waits.untilInstanceAvailable(io, identifier);
  if (found.status !== 'deleting')
    await io.mutate({ call: 'rds:DeleteDBInstance', key: identifier }, () => rds.deleteInstance(identifier));
  await waits.untilInstanceGone(io, identifier);
}
