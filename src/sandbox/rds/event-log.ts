import type { SandboxClock } from '../service.js';
import type { Resource } from './resources.js';

export interface RdsEvent {
  readonly sourceIdentifier: string;
  readonly sourceType: string;
  readonly sourceArn: string;
  readonly message: string;
  readonly categories: readonly string[];
  readonly date: Date;
}

const sourceTypes = {
  'db-instance': 'db-instance',
  'db-cluster': 'db-cluster',
  'db-snapshot': 'db-snapshot',
  'db-cluster-snapshot': 'db-cluster-snapshot',
} as const;

/** What RDS tells in DescribeEvents, oldest first. */
export class EventLog {
  readonly #events: RdsEvent[] = [];

  constructor(private readonly clock: SandboxClock) {}

  add(resource: Resource, category: string, message: string): void {
    this.#events.push({
      sourceIdentifier: resource.identifier,
      sourceType: sourceTypes[resource.kind],
      sourceArn: resource.arn,
      message,
      categories: [category],
      date: this.clock.now(),
    });
  }

  all(): readonly RdsEvent[] {
    return this.#events;
  }
}
