import { join } from 'node:path';
import { plainStruct } from './plain-value.js';
import { seededRandom } from './seeded-random.js';
import {
  AwsError,
  type CallAction,
  type SandboxClock,
  type SandboxContext,
  type Service,
} from './service.js';

/** The services of one Region; each Region is a world of its own. */
export interface Region {
  readonly name: string;
  readonly services: ReadonlyMap<string, Service>;
  readonly call: CallAction;
}

export interface WorldOptions {
  readonly accountId: string;
  readonly region: string;
  readonly directory: string;
  readonly seed: number;
  readonly clock: SandboxClock;
  readonly log: (line: string) => void;
  /** Makes the services of one Region. */
  createServices(context: SandboxContext): readonly Service[];
}

/**
 * The home Region, and every other one that a caller signs for: made when first asked for, and empty, so that a wrong
 * Region finds nothing, as in AWS.
 */
export class World {
  private readonly regions = new Map<string, Region>();

  constructor(private readonly options: WorldOptions) {}

  home(): Region {
    return this.region(this.options.region);
  }

  region(name: string): Region {
    const found = this.regions.get(name);
    if (found !== undefined) return found;
    const made = this.createRegion(name);
    this.regions.set(name, made);
    return made;
  }

  /** The services of every Region that was asked for yet. */
  services(): Service[] {
    return [...this.regions.values()].flatMap(({ services }) => [...services.values()]);
  }

  /** Stops the services of every Region, also when some fail. @throws AggregateError of what failed. */
  async stop(): Promise<void> {
    const results = await Promise.allSettled(this.services().map(async (service) => service.stop?.()));
    const failures: unknown[] = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    if (failures.length > 0) throw new AggregateError(failures, 'some services of the sandbox did not stop');
  }

  private createRegion(name: string): Region {
    const { accountId, clock, region: home, directory, seed, log } = this.options;
    const services = new Map<string, Service>();
    const call = createCall(services, { accountId, region: name });
    const context: SandboxContext = {
      region: name,
      accountId,
      clock,
      random: seededRandom(seed + this.regions.size),
      directory: name === home ? directory : join(directory, 'regions', name),
      call,
      log,
    };
    for (const service of this.options.createServices(context)) services.set(service.name, service);
    return { name, services, call };
  }
}

/** Calls between services: no wire, no faults, no call log; the caller is the account itself. */
function createCall(
  services: ReadonlyMap<string, Service>,
  { accountId, region }: { accountId: string; region: string },
): CallAction {
  return async (service, action, input) => {
    const run = services.get(service)?.actions[action];
    if (run === undefined) {
      throw new AwsError('InvalidAction', `The sandbox does not support ${service}:${action}`);
    }
    const caller = { accountId, region, arn: `arn:aws:iam::${accountId}:root` };
    return plainStruct(await run(input, caller));
  };
}
