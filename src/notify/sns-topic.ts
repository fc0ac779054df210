import type { SnsGateway } from '../aws/sns-gateway.js';
import type { Channel, Notice } from './notice.js';

/** Publishes every notice to an SNS topic: in words, for mails and chats, and what a subscriber may filter by as attributes. */
export function createSnsTopic(topic: string, sns: SnsGateway): Channel {
  return {
    name: 'sns',
    send: (notice, signal) =>
      sns.publish(
        {
          topic,
          subject: toSubject(notice),
          text: [notice.text, ...(notice.detail === null ? [] : [notice.detail]), ...notice.next].join('\n'),
          attributes: {
            ...{ event: notice.event, name: notice.name, command: notice.command },
            ...(notice.run === null ? {} : { run: notice.run }),
          },
        },
        signal,
      ),
  };
}

/** `arn:aws:sns:us-east-1:123456789012:migrations`: the Region that the topic is in. */
export function regionOfTopic(topic: string): string {
  return topic.split(':')[3] ?? '';
}

/** Source: Publish in the SNS API reference: fewer than 100 characters. Identifiers have no controls in them. */
function toSubject({ run, name, event }: Notice): string {
  return `${run ?? name}: ${event}`.slice(0, 99);
}
