import { AwsError, type AwsStruct } from '../../service.js';
import { paginate } from '../paginate.js';
import { optionalFlag, optionalNumber, optionalText, texts } from '../read-input.js';
import { filterPattern } from './filter-pattern.js';
import type { LogEvent, LogStore, LogStream } from './log-store.js';

const mostEvents = 10_000;

/** FilterLogEvents: events of one group in the order of their time. */
export function filterLogEvents(store: LogStore, input: AwsStruct): AwsStruct {
  const group = store.group(input);
  const matches = filterPattern(optionalText(input, 'filterPattern') ?? '');
  const inTime = timeRange(input);
  const found = streamsOf([...group.streams.values()], input).flatMap(({ name, events }) =>
    events
      .filter((event) => inTime(event) && matches(event.message))
      .map((event) => ({ ...event, logStreamName: name })),
  );
  found.sort((left, right) => left.timestamp - right.timestamp || (left.eventId < right.eventId ? -1 : 1));
  const members = {
    size: 'limit',
    token: 'nextToken',
    defaultSize: mostEvents,
    badToken: 'InvalidParameterException',
  };
  const { items, next } = paginate(found, input, members);
  return { events: items, searchedLogStreams: [], nextToken: next };
}

function streamsOf(streams: readonly LogStream[], input: AwsStruct): LogStream[] {
  const names = texts(input, 'logStreamNames');
  const prefix = optionalText(input, 'logStreamNamePrefix') ?? '';
  return streams.filter(
    ({ name }) => (names.length === 0 || names.includes(name)) && name.startsWith(prefix),
  );
}

/** `startTime` is inclusive; so is `endTime` of FilterLogEvents, and GetLogEvents leaves its own out. */
function timeRange(input: AwsStruct, endIncluded = true): (event: LogEvent) => boolean {
  const start = optionalNumber(input, 'startTime') ?? 0;
  const end = optionalNumber(input, 'endTime') ?? Number.POSITIVE_INFINITY;
  return ({ timestamp }) => timestamp >= start && (timestamp < end || (endIncluded && timestamp === end));
}

/** GetLogEvents: one stream, a window that both tokens move; a token that is given back means that there is no more. */
export function getLogEvents(store: LogStore, input: AwsStruct): AwsStruct {
  const events = store.stream(input).events.filter(timeRange(input, false));
  const limit = Math.min(optionalNumber(input, 'limit') ?? mostEvents, mostEvents);
  const [start, end] = window(events.length, limit, input);
  return {
    events: events
      .slice(start, end)
      .map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
    nextForwardToken: `f/${String(end).padStart(56, '0')}`,
    nextBackwardToken: `b/${String(start).padStart(56, '0')}`,
  };
}

function window(count: number, limit: number, input: AwsStruct): [number, number] {
  const token = optionalText(input, 'nextToken');
  if (token === undefined) {
    const fromHead = optionalFlag(input, 'startFromHead') ?? false;
    return fromHead ? [0, Math.min(limit, count)] : [Math.max(0, count - limit), count];
  }
  const [, direction, position] = /^([fb])\/(\d+)$/.exec(token) ?? [];
  if (direction === undefined) {
    throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  }
  const at = Math.min(Number(position), count);
  return direction === 'f' ? [at, Math.min(at + limit, count)] : [Math.max(0, at - limit), at];
}
