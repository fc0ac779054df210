import { AwsError, type AwsStruct, type SandboxContext } from '../../service.js';
import { optionalText } from '../read-input.js';
import type { Tags } from '../tags.js';

export interface LogEvent {
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
  readonly eventId: string;
}

export interface LogStream {
  readonly name: string;
  readonly created: number;
  readonly events: LogEvent[];
}

export interface LogGroup {
  readonly name: string;
  readonly arn: string;
  readonly created: number;
  readonly streams: Map<string, LogStream>;
  readonly tags: Tags;
  retentionInDays: number | undefined;
}

/** A group that nobody reads must not fill the memory: of each stream the newest are kept. */
const keptEvents = 20_000;

/** The log groups of one Region. */
export class LogStore {
  readonly groups = new Map<string, LogGroup>();
  private eventCount = 0;

  constructor(private readonly context: SandboxContext) {}

  createGroup(name: string, tags: Tags): LogGroup {
    if (this.groups.has(name)) {
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
    }
    const { region, accountId, clock } = this.context;
    const group: LogGroup = {
      name,
      arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}`,
      created: clock.now().getTime(),
      streams: new Map(),
      tags,
      retentionInDays: undefined,
    };
    this.groups.set(name, group);
    return group;
  }

  /** The group that a request names by `logGroupName`, or by name or ARN as `logGroupIdentifier`. */
  group(input: AwsStruct): LogGroup {
    const id = optionalText(input, 'logGroupName') ?? optionalText(input, 'logGroupIdentifier') ?? '';
    const name = id.replace(/^arn:aws:logs:[^:]+:\d+:log-group:/, '').replace(/:\*$/, '');
    const group = this.groups.get(name);
    if (group === undefined) {
      throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    }
    return group;
  }

  stream(input: AwsStruct): LogStream {
    const stream = this.group(input).streams.get(optionalText(input, 'logStreamName') ?? '');
    if (stream === undefined) {
      throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    }
    return stream;
  }

  createStream(group: LogGroup, name: string): LogStream {
    if (group.streams.has(name)) {
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
    }
    const stream = { name, created: this.context.clock.now().getTime(), events: [] };
    group.streams.set(name, stream);
    return stream;
  }

  append(stream: LogStream, timestamp: number, message: string): void {
    this.eventCount += 1;
    const eventId = String(this.eventCount).padStart(56, '0');
    stream.events.push({ timestamp, message, eventId, ingestionTime: this.context.clock.now().getTime() });
    if (stream.events.length > keptEvents) stream.events.shift();
  }
}
