import { XmlList } from '../../http/xml-list.js';
import type { AwsStruct, SandboxContext, Service } from '../../service.js';
import { paginate } from '../paginate.js';
import { optionalStruct, optionalText, textMap } from '../read-input.js';
import { invalid, TopicStore, type Topic } from './topic-store.js';

const pages = { size: 'MaxItems', token: 'NextToken', defaultSize: 100, badToken: 'InvalidParameter' };

/** Amazon SNS: topics without subscribers. Who would be told is asked of `published`. */
export function createSnsService(context: SandboxContext): Service {
  const store = new TopicStore(context);
  return {
    name: 'sns',
    protocol: 'query',
    namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    actions: {
      CreateTopic: (input) => createTopic(store, input),
      DeleteTopic: (input) => {
        store.delete(topicOf(input));
        return {};
      },
      GetTopicAttributes: (input) => ({
        Attributes: new XmlList('entry', attributesOf(store.get(topicOf(input)), context)),
      }),
      ListTopics: (input) => {
        const { items, next } = paginate(store.all(), input, pages);
        return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), NextToken: next };
      },
      Publish: (input) => publish(store, input),
    },
    published: () => store.published,
  };
}

function createTopic(store: TopicStore, input: AwsStruct): AwsStruct {
  const name = optionalText(input, 'Name') ?? '';
  const { DisplayName, ...others } = Object.fromEntries(textMap(input, 'Attributes'));
  refuse(others, Object.keys(others));
  refuse(input, ['Tags', 'DataProtectionPolicy']);
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) throw invalid('Topic Name');
  return { TopicArn: store.create(name, DisplayName ?? '').arn };
}

const longestMessage = 262_144;

function publish(store: TopicStore, input: AwsStruct): AwsStruct {
  refuse(input, ['TargetArn', 'PhoneNumber', 'MessageStructure', 'MessageGroupId', 'MessageDeduplicationId']);
  const { arn } = store.get(topicOf(input));
  const message = optionalText(input, 'Message');
  if (message === undefined) throw invalid('Empty message');
  if (Buffer.byteLength(message) > longestMessage) throw invalid('Message too long');
  const subject = optionalText(input, 'Subject');
  if (subject !== undefined && !isSubject(subject)) throw invalid('Subject');
  return {
    MessageId: store.publish({
      ...{ topicArn: arn, message, subject: subject ?? null },
      attributes: attributesIn(input),
    }),
  };
}

/** Source: Publish in the SNS API reference. */
function isSubject(text: string): boolean {
  return text.length < 100 && !/\p{Cc}/u.test(text);
}

/** Text by name. Lists and binary values are refused. */
function attributesIn(input: AwsStruct): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(optionalStruct(input, 'MessageAttributes') ?? {}).map(([name, value]) => {
      const given = typeof value === 'object' && value !== null ? (value as AwsStruct) : {};
      const text = optionalText(given, 'StringValue');
      if (optionalText(given, 'DataType') !== 'String' || text === undefined)
        throw invalid(`MessageAttributes.${name}: The sandbox supports attributes of type String only`);
      return [name, text];
    }),
  );
}

function attributesOf({ arn, displayName }: Topic, { accountId }: SandboxContext): AwsStruct[] {
  const none = '0';
  const attributes = {
    ...{ TopicArn: arn, Owner: accountId, DisplayName: displayName },
    ...{ SubscriptionsConfirmed: none, SubscriptionsPending: none, SubscriptionsDeleted: none },
  };
  return Object.entries(attributes).map(([key, value]) => ({ key, value }));
}

function topicOf(input: AwsStruct): string {
  const arn = optionalText(input, 'TopicArn');
  if (arn === undefined) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
  return arn;
}

/** Names what the sandbox cannot do, instead of leaving it out in silence. */
function refuse(input: AwsStruct, members: readonly string[]): void {
  for (const member of members)
    if (input[member] !== undefined && input[member] !== '')
      throw invalid(`${member}: The sandbox does not support it`);
}
