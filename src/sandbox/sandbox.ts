import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallRecord } from './call-record.js';
import { createServices } from './create-services.js';
import type { Fault } from './faults.js';
import { ControlApi } from './http/control-api.js';
import { Front } from './http/front.js';
import { listen } from './http/http-server.js';
import { randomUuid, seededRandom } from './seeded-random.js';
import { sandboxEnvironment } from './sandbox-environment.js';
import { ledgerFileName, scenarioImages } from './scenario-images.js';
import { readLedger } from './scenario/ledger.js';
import { findLongestGap } from './scenario/measure-ledger.js';
import type { AwsStruct, CallAction, PlantedSnapshot, PublishedMessage, ScriptedState } from './service.js';
import type { ContainerImages } from './services/ecs/container-images.js';
import { StaleReads } from './stale-reads.js';
import { World } from './world.js';
import { createWorldClock } from './world-clock.js';

const accountId = '123456789012';

export interface SandboxOptions {
  /** How many times faster than AWS; 1000 when absent. */
  readonly speed?: number;
  readonly seed?: number;
  readonly region?: string;
  /** Where data directories, CA and logs go; a temporary folder, removed on `stop`, when absent. */
  readonly directory?: string;
  /** A free port when absent. */
  readonly port?: number;
  /** What `POST /_sandbox/shutdown` must show. */
  readonly token?: string;
  /** Real milliseconds in which a read may still be answered as before a change; off when absent. */
  readonly staleReadMs?: number;
  /** Share of calls that are throttled, 0 to 1; off when absent. */
  readonly throttleRate?: number;
  /** More programs that ECS runs in place of images, by repository name. */
  readonly images?: ContainerImages;
  /** Called when somebody asked for the sandbox to go down. */
  readonly onShutdown?: () => void;
  /** A line of the sandbox's own log. */
  readonly log?: (line: string) => void;
}

/** A running local AWS. */
export interface Sandbox {
  readonly endpoint: string;
  /** The environment that points AWS clients, libpq and the product at this sandbox. */
  readonly env: Record<string, string>;
  /** Calls an action in process: no wire, no faults, no call log. */
  readonly call: CallAction;
  calls(): CallRecord[];
  /** The actions that a service supports, by its signing name. */
  actions(service: string): string[];
  addFault(fault: Fault): void;
  clearFaults(): void;
  /**
   * From now on the answers of an action, `rds:DescribeDBInstances`, are changed on their way out: for facts of AWS that
   * the sandbox cannot come to by itself. Nothing else knows of them. Without `change` they are as they were.
   */
  changeAnswers(action: string, change?: (answer: AwsStruct) => AwsStruct): void;
  scriptState(state: ScriptedState): void;
  /** What was published to topics, in every Region, oldest first. */
  published(): PublishedMessage[];
  /** Makes a snapshot that no call of this account can make; resolves once it is `available`. */
  plantSnapshot(snapshot: PlantedSnapshot): Promise<void>;
  /** Ends servers, containers and databases, and removes the folder when the sandbox made it. */
  stop(): Promise<void>;
}

/** Starts a local AWS on the loopback interface. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const region = options.region ?? 'us-east-1';
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'rds2aurora-sandbox-')));
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const log = options.log ?? (() => undefined);
  const clock = createWorldClock(options.speed ?? 1000);
  const seed = options.seed ?? 1;
  const images = { ...scenarioImages(directory), ...options.images };
  const world = new World({
    ...{ accountId, region, directory, seed, clock, log },
    createServices: (context) => createServices(context, images),
  });
  const front = createFront(world, options, region, seed);
  const control = createControl(world, front, options, directory);
  const server = await listen(front, control, options.port ?? 0);
  return {
    endpoint: server.endpoint,
    env: sandboxEnvironment(server.endpoint, region, directory, clock.speed),
    call: world.home().call,
    calls: () => front.log.all(),
    actions: (service) => Object.keys(world.home().services.get(service)?.actions ?? {}),
    addFault: (fault) => {
      front.faults.add(fault);
    },
    clearFaults: () => {
      front.faults.clear();
    },
    changeAnswers: (action, change) => {
      if (change === undefined) front.changes.delete(action);
      else front.changes.set(action, change);
    },
    scriptState: (state) => {
      scriptState(world, state);
    },
    published: () => listPublished(world),
    plantSnapshot: (snapshot) => plantSnapshot(world, snapshot),
    stop: async () => {
      await server.close();
      await world.stop();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

function createFront(world: World, options: SandboxOptions, region: string, seed: number): Front {
  const random = seededRandom(seed ^ 0x5eed);
  const { staleReadMs, throttleRate = 0 } = options;
  return new Front({
    world,
    accountId,
    region,
    staleReads: staleReadMs === undefined ? undefined : new StaleReads(staleReadMs, () => Date.now()),
    isThrottled: () => throttleRate > 0 && random() < throttleRate,
    newRequestId: () => randomUuid(random),
    log: options.log ?? (() => undefined),
  });
}

function createControl(world: World, front: Front, options: SandboxOptions, directory: string): ControlApi {
  const controlled = {
    status: () => ({ region: options.region ?? 'us-east-1', services: [...world.home().services.keys()] }),
    scriptState: (state: ScriptedState) => {
      scriptState(world, state);
    },
    plantSnapshot: (snapshot: PlantedSnapshot) => plantSnapshot(world, snapshot),
    published: () => listPublished(world),
    ledger: async () => {
      const entries = await readLedger(join(directory, ledgerFileName));
      return { acknowledged: entries.length, longestGap: findLongestGap(entries) };
    },
    shutdown: () => options.onShutdown?.(),
  };
  return new ControlApi(front, controlled, options.token);
}

function listPublished(world: World): PublishedMessage[] {
  const all = world.services().flatMap((service) => [...(service.published?.() ?? [])]);
  return all.sort((one, other) => one.at.localeCompare(other.at));
}

function scriptState(world: World, state: ScriptedState): void {
  for (const service of world.home().services.values()) service.scriptState?.(state);
}

async function plantSnapshot(world: World, snapshot: PlantedSnapshot): Promise<void> {
  for (const service of world.home().services.values()) await service.plantSnapshot?.(snapshot);
}
