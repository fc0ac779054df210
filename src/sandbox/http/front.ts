import { CallLog } from '../call-log.js';
import { isMutating, noteOf, withoutSecrets, type CallRecord } from '../call-record.js';
import { authenticate } from '../credentials.js';
import { Faults, type Fault } from '../faults.js';
import { AwsError, type AwsStruct, type Service } from '../service.js';
import type { StaleReads } from '../stale-reads.js';
import type { World } from '../world.js';
import { encodeAnswer } from './encode-answer.js';
import { encodeError } from './encode-error.js';
import {
  accessDenied,
  expiredToken,
  internalFailure,
  throttled,
  unsupportedAction,
  unsupportedService,
} from './front-errors.js';
import { readRequest, type AwsRequest, type RawRequest } from './read-request.js';
import type { AnswerFrame, WireAnswer } from './wire.js';

/** `dropped`: the connection is cut without an answer; `hanging`: it stays open and nothing ever comes. */
export type Answer = WireAnswer | 'dropped' | 'hanging';

export interface FrontOptions {
  readonly world: World;
  readonly accountId: string;
  readonly region: string;
  readonly staleReads: StaleReads | undefined;
  /** True when this call is one of those that AWS throttles of its own accord. */
  isThrottled(): boolean;
  newRequestId(): string;
  log(line: string): void;
}

interface Call {
  readonly request: AwsRequest;
  readonly service: Service | undefined;
  readonly frame: AnswerFrame;
  readonly fault: Fault | undefined;
}

/** Every AWS call passes here: credentials, faults, the action itself, the call log. */
export class Front {
  readonly log = new CallLog();
  readonly faults = new Faults();
  /** What tests say of the world that the sandbox cannot come to, by action. */
  readonly changes = new Map<string, (answer: AwsStruct) => AwsStruct>();

  constructor(private readonly options: FrontOptions) {}

  async answer(raw: RawRequest): Promise<Answer> {
    const request = readRequest(raw);
    const seq = this.log.nextSeq();
    const at = new Date().toISOString();
    const call = this.open(request);
    const { answer, code } = await this.carryOut(call);
    this.log.add({ seq, at, ...this.describe(call, answer, code) });
    return answer;
  }

  private open(request: AwsRequest): Call {
    const { options } = this;
    const region = options.world.region(request.region ?? options.region);
    const service = region.services.get(request.service);
    const frame = frameOf(request, service, options.newRequestId());
    return { request, service, frame, fault: this.faults.strike(request.service, request.action) };
  }

  private async carryOut(call: Call): Promise<{ answer: Answer; code?: string }> {
    const { fault, frame } = call;
    if (fault?.kind === 'hang') return { answer: 'hanging' };
    if (fault?.kind === 'drop-before') return { answer: 'dropped' };
    if (fault?.kind === 'delay') await delay(fault.delayMs ?? 1000);
    try {
      const output = await this.run(call);
      return { answer: fault?.kind === 'drop-after' ? 'dropped' : encodeAnswer(output, frame) };
    } catch (error) {
      const awsError = this.toAwsError(error, call);
      const answer = fault?.kind === 'drop-after' ? 'dropped' : encodeError(awsError, frame);
      return { answer, code: awsError.code };
    }
  }

  private async run({ request, service, fault }: Call): Promise<AwsStruct> {
    const { accountId, region, staleReads } = this.options;
    const caller = authenticate(request, accountId, region);
    if (service === undefined) throw unsupportedService(request.wire, request.service);
    const action = service.actions[request.action];
    if (action === undefined) throw unsupportedAction(request.wire, service.name, request.action);
    if (fault !== undefined) throwFault(fault, request, caller.arn);
    if (this.options.isThrottled()) throw throttled(request.wire);
    const input = request.input();
    const change = this.changes.get(`${service.name}:${request.action}`) ?? ((answer: AwsStruct) => answer);
    const carryOut = async (): Promise<AwsStruct> => change(await action(input, caller));
    if (staleReads === undefined) return carryOut();
    if (!isMutating(request.action)) {
      const key = JSON.stringify([caller.region, service.name, request.action, input]);
      return staleReads.read(service.name, key, carryOut);
    }
    const output = await carryOut();
    staleReads.changed(service.name);
    return output;
  }

  private toAwsError(error: unknown, { request }: Call): AwsError {
    if (error instanceof AwsError) return error;
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.options.log(`${request.service}:${request.action} failed inside the sandbox: ${stack}`);
    return internalFailure(request.wire, error instanceof Error ? error.message : String(error));
  }

  private describe(call: Call, answer: Answer, code: string | undefined): Omit<CallRecord, 'seq' | 'at'> {
    const { request, fault, frame } = call;
    const note = noteOf(request.action);
    return {
      service: request.service,
      action: request.action,
      mutating: isMutating(request.action),
      region: request.region ?? this.options.region,
      status: typeof answer === 'string' ? 0 : answer.status,
      principal: request.accessKeyId ?? '',
      requestId: frame.requestId,
      input: readableInput(request),
      ...(code === undefined ? {} : { code }),
      ...(note === undefined ? {} : { note }),
      ...(fault === undefined ? {} : { fault: fault.kind }),
    };
  }
}

function frameOf(request: AwsRequest, service: Service | undefined, requestId: string): AnswerFrame {
  return {
    wire: request.wire,
    action: request.action,
    namespace: service?.xmlNamespace ?? service?.namespace ?? '',
    requestId,
    contentType: request.contentType,
    queryMode: request.queryMode,
    wireNames: service?.wireNames ?? {},
  };
}

function throwFault(fault: Fault, { wire, service, action }: AwsRequest, arn: string): void {
  switch (fault.kind) {
    case 'throttle':
      throw throttled(wire);
    case 'expired-token':
      throw expiredToken(wire);
    case 'access-denied':
      throw accessDenied(wire, arn, `${service}:${action}`);
    case 'error':
      throw new AwsError(
        fault.code ?? 'InternalFailure',
        fault.message ?? 'A fault that was scripted in the sandbox.',
        fault.status ?? 500,
      );
    case 'hang':
    case 'delay':
    case 'drop-before':
    case 'drop-after':
  }
}

function readableInput(request: AwsRequest): AwsStruct {
  try {
    return withoutSecrets(request.input());
  } catch {
    return {};
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
