import { callAws, isAwsError } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';

export interface LogLine {
  readonly at: Date;
  readonly stream: string;
  readonly text: string;
}

export interface LogsGateway {
  /**
   * Lines of a log group since `since` (a moment, or its ISO text) that hold `phrase` literally, oldest first, at most `limit`; undefined when
   * the group does not exist.
   */
  findLines(
    group: string,
    since: Date | string,
    phrase: string,
    limit: number,
  ): Promise<readonly LogLine[] | undefined>;
}

export function createLogsGateway(clients: Pick<AwsClients, 'logs'>): LogsGateway {
  return {
    findLines: async (group, since, phrase, limit) => {
      const lines: LogLine[] = [];
      let token: string | undefined;
      try {
        do {
          const logs = await clients.logs();
          const page = await callAws('logs:FilterLogEvents', group, () =>
            logs.filterLogEvents({
              logGroupName: group,
              startTime: new Date(since).getTime(),
              ...filterFor(phrase),
              ...(token === undefined ? {} : { nextToken: token }),
            }),
          );
          for (const event of page.events ?? [])
            if (event.message?.includes(phrase) === true)
              lines.push({
                at: new Date(event.timestamp ?? 0),
                stream: event.logStreamName ?? '',
                text: event.message,
              });
          token = page.nextToken;
        } while (token !== undefined && lines.length < limit);
      } catch (error) {
        if (isAwsError(error, 'NotFound')) return undefined;
        throw error;
      }
      return lines.slice(0, limit);
    },
  };
}

/** A quoted term matches literally; a phrase with quotes in it cannot be quoted and is looked for on our side alone. */
function filterFor(phrase: string): { filterPattern?: string } {
  return phrase === '' || phrase.includes('"') ? {} : { filterPattern: `"${phrase}"` };
}
