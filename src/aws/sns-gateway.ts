import { callAws } from './aws-error.js';
import type { AwsClients } from './aws-clients.js';

/** A message to all who have subscribed to a topic. */
export interface TopicMessage {
  /** ARN of a standard topic in the Region of the client. */
  readonly topic: string;
  /** The subject line of mails; fewer than 100 characters without controls. */
  readonly subject: string;
  readonly text: string;
  /** Text by name, which subscribers can filter by. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface SnsGateway {
  publish(message: TopicMessage, signal: AbortSignal): Promise<void>;
}

export function createSnsGateway(clients: Pick<AwsClients, 'sns'>): SnsGateway {
  return {
    publish: async ({ topic, subject, text, attributes }, signal) => {
      const sns = await clients.sns();
      const input = {
        TopicArn: topic,
        Subject: subject,
        Message: text,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, StringValue]) => [
            name,
            { DataType: 'String', StringValue },
          ]),
        ),
      };
      await callAws('sns:Publish', topic, () => sns.publish(input, { abortSignal: signal }));
    },
  };
}
