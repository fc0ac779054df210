import { openSharedStore } from '../aws/shared-store.js';
import type { MigrationSession } from '../cli/migration-command.js';
import { parseStateAddress } from '../config/state-address.js';
import { UsageError } from '../errors.js';
import type { SharedState } from '../journal/run.js';

/** Long enough for a machine that is busy, short enough for a colleague who waits. */
const leaseSeconds = 60;

export type StateSettings = Pick<MigrationSession, 'environment' | 'profile' | 'toolVersion'> & {
  readonly config: { readonly state?: string | undefined; readonly region: string };
};

/** The store that the configuration names; undefined when runs are kept on this machine alone. Nothing is called yet. */
export function openSharedState(settings: StateSettings): SharedState | undefined {
  const { config, environment, profile, toolVersion } = settings;
  if (config.state === undefined) return undefined;
  const store = openSharedStore({
    place: parseStateAddress(config.state),
    region: config.region,
    version: toolVersion,
    ...(profile === undefined ? {} : { profile }),
  });
  return { store, leaseSeconds: readLease(environment.variables['RDS2AURORA_LEASE_SECONDS']) };
}

/** For tests, which cannot wait so long. */
function readLease(text = ''): number {
  if (text === '') return leaseSeconds;
  const seconds = Number(text);
  if (seconds >= 0.1 && seconds <= 3600) return seconds;
  throw new UsageError('BadLease', `RDS2AURORA_LEASE_SECONDS is ${text}, and not 0.1 to 3600 seconds`, {
    changed: false,
  });
}
