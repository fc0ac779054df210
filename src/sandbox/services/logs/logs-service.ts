import { AwsError, type Action, type AwsStruct, type SandboxContext, type Service } from '../../service.js';
import { paginate } from '../paginate.js';
import {
  optionalFlag,
  optionalNumber,
  optionalText,
  requiredText,
  structs,
  textMap,
  texts,
} from '../read-input.js';
import { mergeTags } from '../tags.js';
import { LogStore, type LogGroup, type LogStream } from './log-store.js';
import { filterLogEvents, getLogEvents } from './read-events.js';

const badParameter = 'InvalidParameterException';
const pages = { size: 'limit', token: 'nextToken', defaultSize: 50, badToken: badParameter };
/** PutRetentionPolicy takes no other numbers of days (CloudWatch Logs API Reference). */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** Amazon CloudWatch Logs: groups, streams and their events. */
export function createLogsService(context: SandboxContext): Service {
  const store = new LogStore(context);
  return {
    name: 'logs',
    protocol: 'json',
    namespace: 'Logs_20140328',
    actions: {
      ...groupActions(store),
      ...tagActions(store),
      ...streamActions(store),
      PutLogEvents: (input) => putLogEvents(store, context, input),
      GetLogEvents: (input) => getLogEvents(store, input),
      FilterLogEvents: (input) => filterLogEvents(store, input),
    },
  };
}

function groupActions(store: LogStore): Record<string, Action> {
  return {
    CreateLogGroup: (input) => {
      store.createGroup(requiredText(input, 'logGroupName', badParameter), textMap(input, 'tags'));
      return {};
    },
    DeleteLogGroup: (input) => {
      store.groups.delete(store.group(input).name);
      return {};
    },
    DescribeLogGroups: (input) => describeGroups(store, input),
    PutRetentionPolicy: (input) => putRetention(store, input),
    DeleteRetentionPolicy: (input) => {
      store.group(input).retentionInDays = undefined;
      return {};
    },
  };
}

function streamActions(store: LogStore): Record<string, Action> {
  return {
    CreateLogStream: (input) => {
      store.createStream(store.group(input), requiredText(input, 'logStreamName', badParameter));
      return {};
    },
    DeleteLogStream: (input) => {
      store.group(input).streams.delete(store.stream(input).name);
      return {};
    },
    DescribeLogStreams: (input) => describeStreams(store, input),
  };
}

function tagActions(store: LogStore): Record<string, Action> {
  return {
    ListTagsForResource: (input) => ({ tags: Object.fromEntries(taggedGroup(store, input).tags) }),
    TagResource: (input) => {
      mergeTags(taggedGroup(store, input).tags, textMap(input, 'tags'));
      return {};
    },
    UntagResource: (input) => {
      const { tags } = taggedGroup(store, input);
      for (const key of texts(input, 'tagKeys')) tags.delete(key);
      return {};
    },
  };
}

function taggedGroup(store: LogStore, input: AwsStruct): LogGroup {
  return store.group({ logGroupIdentifier: requiredText(input, 'resourceArn', badParameter) });
}

function describeGroups(store: LogStore, input: AwsStruct): AwsStruct {
  const prefix = optionalText(input, 'logGroupNamePrefix') ?? '';
  const pattern = optionalText(input, 'logGroupNamePattern')?.toLowerCase() ?? '';
  const found = [...store.groups.values()]
    .filter(({ name }) => name.startsWith(prefix) && name.toLowerCase().includes(pattern))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const { items, next } = paginate(found, input, pages);
  return { logGroups: items.map(groupShape), nextToken: next };
}

function groupShape(group: LogGroup): AwsStruct {
  return {
    logGroupName: group.name,
    creationTime: group.created,
    retentionInDays: group.retentionInDays,
    metricFilterCount: 0,
    arn: `${group.arn}:*`,
    logGroupArn: group.arn,
    logGroupClass: 'STANDARD',
    storedBytes: 0,
  };
}

function putRetention(store: LogStore, input: AwsStruct): AwsStruct {
  const days = optionalNumber(input, 'retentionInDays') ?? 0;
  if (!retentionDays.includes(days)) {
    throw new AwsError(badParameter, `Invalid retention value: ${String(days)}`);
  }
  store.group(input).retentionInDays = days;
  return {};
}

function describeStreams(store: LogStore, input: AwsStruct): AwsStruct {
  const group = store.group(input);
  const prefix = optionalText(input, 'logStreamNamePrefix') ?? '';
  const byTime = optionalText(input, 'orderBy') === 'LastEventTime';
  const found = [...group.streams.values()].filter(({ name }) => name.startsWith(prefix));
  found.sort((left, right) => (byTime ? lastTime(left) - lastTime(right) : left.name < right.name ? -1 : 1));
  if (optionalFlag(input, 'descending') === true) found.reverse();
  const { items, next } = paginate(found, input, pages);
  return { logStreams: items.map((stream) => streamShape(group, stream)), nextToken: next };
}

function lastTime({ events, created }: LogStream): number {
  return events.at(-1)?.timestamp ?? created;
}

function streamShape(group: LogGroup, { name, created, events }: LogStream): AwsStruct {
  return {
    logStreamName: name,
    creationTime: created,
    firstEventTimestamp: events.at(0)?.timestamp,
    lastEventTimestamp: events.at(-1)?.timestamp,
    lastIngestionTime: events.at(-1)?.ingestionTime,
    arn: `${group.arn}:log-stream:${name}`,
    storedBytes: 0,
  };
}

/** Events older than 14 days or more than 2 hours ahead are rejected one by one, as PutLogEvents documents. */
function putLogEvents(store: LogStore, context: SandboxContext, input: AwsStruct): AwsStruct {
  const stream = store.stream(input);
  const now = context.clock.now().getTime();
  const events = structs(input, 'logEvents').map((event) => ({
    timestamp: optionalNumber(event, 'timestamp') ?? now,
    message: requiredText(event, 'message', badParameter),
  }));
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? 0))) {
    throw new AwsError(
      badParameter,
      'Log events in a single PutLogEvents request must be in chronological order.',
    );
  }
  const tooOld = events.filter(({ timestamp }) => timestamp < now - 14 * dayMs).length;
  const firstTooNew = events.findIndex(({ timestamp }) => timestamp > now + 2 * hourMs);
  const accepted = events.slice(tooOld, firstTooNew === -1 ? undefined : firstTooNew);
  for (const { timestamp, message } of accepted) store.append(stream, timestamp, message);
  const rejected = {
    ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
    ...(firstTooNew === -1 ? {} : { tooNewLogEventStartIndex: firstTooNew }),
  };
  return {
    nextSequenceToken: String(stream.events.length).padStart(56, '0'),
    ...(Object.keys(rejected).length > 0 ? { rejectedLogEventsInfo: rejected } : {}),
  };
}
