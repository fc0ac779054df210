import { z } from 'zod';
import { faultKinds, type Fault } from '../faults.js';
import type { PlantedSnapshot, PublishedMessage, ScriptedState } from '../service.js';
import type { RawRequest } from './read-request.js';
import type { WireAnswer } from './wire.js';
import type { Front } from './front.js';

/** What the control API can ask of the sandbox besides the front's call log and faults. */
export interface Controlled {
  status(): object;
  scriptState(state: ScriptedState): void;
  plantSnapshot(snapshot: PlantedSnapshot): Promise<void>;
  /** Of all topics, oldest first. */
  published(): readonly PublishedMessage[];
  /** The scenario application's own account of its writes. */
  ledger(): Promise<object>;
  shutdown(): void;
}

const faultSchema = z.strictObject({
  service: z.string(),
  action: z.string(),
  kind: z.enum(faultKinds),
  nth: z.int().positive().optional(),
  times: z.int().nonnegative().optional(),
  code: z.string().optional(),
  status: z.int().min(400).max(599).optional(),
  message: z.string().optional(),
  delayMs: z.int().nonnegative().optional(),
});

const stateSchema = z.strictObject({
  resource: z.string(),
  identifier: z.string(),
  state: z.string(),
  after: z.number().nonnegative().optional(),
  once: z.boolean().optional(),
});

const snapshotSchema = z.strictObject({
  instance: z.string(),
  identifier: z.string(),
  type: z.enum(['automated', 'shared']),
  owner: z
    .string()
    .regex(/^\d{12}$/)
    .optional(),
  kmsKeyId: z.string().optional(),
  ageMs: z.number().nonnegative().optional(),
});

/**
 * `/_sandbox/…`: for tests and for `sandbox down`, not for the product. Requests of a browser page are refused, and
 * `shutdown` wants the token of whoever started the sandbox.
 */
export class ControlApi {
  constructor(
    private readonly front: Front,
    private readonly controlled: Controlled,
    private readonly token: string | undefined,
  ) {}

  async answer(request: RawRequest): Promise<WireAnswer> {
    if (request.headers.origin !== undefined) return reply(403, { error: 'not for browsers' });
    const route = `${request.method} ${request.path}`;
    try {
      return reply(200, await this.carryOut(route, request));
    } catch (error) {
      if (error instanceof z.ZodError) return reply(400, { error: z.prettifyError(error) });
      if (error instanceof RefusedError) return reply(error.status, { error: error.message });
      return reply(500, { error: error instanceof Error ? error.message : String(error) });
    }
  }

  private async carryOut(route: string, request: RawRequest): Promise<object> {
    const { faults, log } = this.front;
    switch (route) {
      case 'GET /_sandbox/status':
        return this.controlled.status();
      case 'GET /_sandbox/calls':
        return { calls: log.all() };
      case 'GET /_sandbox/faults':
        return { faults: faults.list() };
      case 'POST /_sandbox/faults':
        faults.add(faultSchema.parse(json(request)) as Fault);
        return {};
      case 'DELETE /_sandbox/faults':
        faults.clear();
        return {};
      case 'POST /_sandbox/states':
        this.controlled.scriptState(stateSchema.parse(json(request)) as ScriptedState);
        return {};
      case 'POST /_sandbox/snapshots':
        await this.controlled.plantSnapshot(snapshotSchema.parse(json(request)) as PlantedSnapshot);
        return {};
      case 'GET /_sandbox/messages':
        return { messages: this.controlled.published() };
      case 'GET /_sandbox/ledger':
        return this.controlled.ledger();
      case 'POST /_sandbox/shutdown':
        return this.shutdown(request);
      default:
        throw new RefusedError(404, `no such control: ${route}`);
    }
  }

  private shutdown(request: RawRequest): object {
    if (this.token !== undefined && request.headers['x-sandbox-token'] !== this.token) {
      throw new RefusedError(403, 'shutdown wants the x-sandbox-token of this sandbox');
    }
    this.controlled.shutdown();
    return {};
  }
}

/** A control request that cannot be carried out, with the HTTP status that says so. */
export class RefusedError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

function json(request: RawRequest): unknown {
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch {
    throw new RefusedError(400, 'the body is not JSON');
  }
}

function reply(status: number, body: object): WireAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
