import type { PostgresRuntime } from '../postgres/postgres-runtime.js';
import type { SandboxContext } from '../service.js';
import type { EventLog } from './event-log.js';
import type { Lifecycle } from './lifecycle.js';
import type { ParameterCatalogue } from './parameter-catalogue.js';
import type { Resource } from './resources.js';
import type { ScriptedStates } from './scripted-states.js';
import type { Store } from './store.js';

/** What the actions of RDS share. */
export interface Rds {
  readonly context: SandboxContext;
  readonly store: Store;
  readonly events: EventLog;
  readonly scripted: ScriptedStates;
  readonly lifecycle: Lifecycle;
  readonly parameters: ParameterCatalogue;
  /** The servers; found and made ready with the first call that needs them. */
  runtime(): Promise<PostgresRuntime>;
}

export function arnOf({ context }: Rds, kind: string, name: string): string {
  return `arn:aws:rds:${context.region}:${context.accountId}:${kind}:${name}`;
}

/** `db-ABC…`, `cluster-ABC…`: unlike the identifier never used again. */
export function newResourceId({ context }: Rds, prefix: 'db' | 'cluster'): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const random = Array.from({ length: 26 }, () =>
    letters.charAt(Math.floor(context.random() * letters.length)),
  );
  return `${prefix}-${random.join('')}`;
}

/** The state that callers see and that rules are judged by. */
export const statusOf = (rds: Rds, resource: Resource): string => rds.scripted.statusOf(resource);
