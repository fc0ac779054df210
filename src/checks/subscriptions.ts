import type { ServerRef } from '../steps/refs.js';
import type { ReadinessCheck } from './readiness-check.js';

/** Names of the subscriptions of the database. Reads only. */
export type ListSubscriptions = (server: ServerRef) => Promise<readonly string[]>;

/** A copy would pull from the publisher at once, from a slot that the source still uses; so a dump takes none along. */
export function createSubscriptionsCheck(listSubscriptions: ListSubscriptions): ReadinessCheck {
  return {
    id: 'subscriptions',
    title: 'The database subscribes to no other',
    find: async ({ server }) => {
      const names = await listSubscriptions(server);
      if (names.length === 0) return [];
      return [
        {
          code: 'Subscriptions',
          what: `${server.database} has subscriptions, which are not moved: ${names.join(', ')}`,
          why: 'A copy would take over the replication slot that the source reads from, and changes would go to one of the two only',
          fix: 'write them down, DISABLE and DROP them on the source with slot_name = NONE, and CREATE SUBSCRIPTION … WITH (create_slot = false, copy_data = false) on the target afterwards',
        },
      ];
    },
  };
}
