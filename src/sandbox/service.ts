import type { XmlList } from './http/xml-list.js';

/** A value of an AWS request or response. In query protocols every scalar of a request is a string. */
export type AwsValue =
  string | number | boolean | Date | null | undefined | XmlList | readonly AwsValue[] | AwsStruct;
export interface AwsStruct {
  readonly [member: string]: AwsValue;
}

/** An error as AWS puts it on the wire. `code` is the wire code (see the service's model), `status` the HTTP status. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

export interface Caller {
  readonly accountId: string;
  readonly arn: string;
  readonly region: string;
}

/** One action: the request as AWS shapes name it, to the response as AWS shapes name it. */
export type Action = (input: AwsStruct, caller: Caller) => Promise<AwsStruct> | AwsStruct;

/**
 * One AWS service of the sandbox. The HTTP front decodes the wire protocol, finds the action by name and encodes the
 * answer; CloudFormation calls the same actions in process. An action that is not in the map is answered with an
 * AWS-shaped error that names it.
 */
export interface Service {
  /** Signing name, e.g. `rds`, `cloudformation`, `secretsmanager`, `logs`, `monitoring`. */
  readonly name: string;
  readonly protocol: 'query' | 'ec2' | 'json' | 'cbor' | 'rest';
  /** XML namespace of a query or REST service, target prefix of a JSON service. */
  readonly namespace: string;
  readonly actions: Readonly<Record<string, Action>>;
  /** XML namespace of a `cbor` service that is also spoken to in the query protocol. */
  readonly xmlNamespace?: string;
  /**
   * Wire names of an `ec2` service where they are not the API name with a small first letter; keys are `Member` or
   * `Parent.Member`, the second form wins.
   */
  readonly wireNames?: Readonly<Record<string, string>>;
  /** Scripts a stuck, failing or unknown state of a resource of this service (`POST /_sandbox/states`). */
  scriptState?(state: ScriptedState): void;
  /** Makes a snapshot that no call of this account can make (`POST /_sandbox/snapshots`). */
  plantSnapshot?(snapshot: PlantedSnapshot): Promise<void>;
  /** Measures that this service offers to CloudWatch now; asked again and again, so it must be cheap. */
  metrics?(): Promise<readonly Measure[]> | readonly Measure[];
  /** What was published to topics of this service, oldest first. */
  published?(): readonly PublishedMessage[];
  /** Called once when the sandbox goes down. */
  stop?(): Promise<void>;
}

/** A resource state that a test dictates in place of the one that AWS would have come to. */
export interface ScriptedState {
  readonly resource: string;
  readonly identifier: string;
  readonly state: string;
  /** AWS milliseconds until the scripted state sets in; at once when absent. */
  readonly after?: number;
  /** It is that of one resource and goes with it: another one of the same name has its own state. */
  readonly once?: boolean;
}

/** A snapshot that RDS takes by itself, or that another account shares. */
export interface PlantedSnapshot {
  /** Whose data it is: of now. */
  readonly instance: string;
  /** `rds:…` for an automated one. */
  readonly identifier: string;
  readonly type: 'automated' | 'shared';
  /** Account that shares it. */
  readonly owner?: string;
  /** The key it is encrypted with; that of the instance when absent. */
  readonly kmsKeyId?: string;
  /** How long ago it is said to have been taken, in milliseconds; 0 when absent. */
  readonly ageMs?: number;
}

/** What the subscribers of a topic would have got. */
export interface PublishedMessage {
  readonly topicArn: string;
  readonly messageId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly subject: string | null;
  readonly message: string;
  /** Message attributes, all of them text. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** One value of one CloudWatch metric, now. */
export interface Measure {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  /** CloudWatch unit, e.g. `Count`, `Percent`. */
  readonly unit: string;
}

/** Calls an action of another service in process, as `caller`, with faults and call log left out. */
export type CallAction = (service: string, action: string, input: AwsStruct) => Promise<AwsStruct>;

/** Simulated time: how long AWS takes, divided by `--speed`. */
export interface SandboxClock {
  now(): Date;
  /** Resolves after `awsMs` of AWS time (real time = awsMs / speed). Unreferenced: never keeps the process alive. */
  after(awsMs: number): Promise<void>;
  readonly speed: number;
}

/** What a service of the sandbox is given when it is made. */
export interface SandboxContext {
  readonly region: string;
  readonly accountId: string;
  readonly clock: SandboxClock;
  /** Deterministic from the sandbox's seed. */
  readonly random: () => number;
  /** Folder of this sandbox: data directories, CA, logs. */
  readonly directory: string;
  readonly call: CallAction;
  /** A line in the sandbox's own log, for the person who debugs it. */
  log(line: string): void;
}
