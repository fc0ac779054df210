import { randomUuid } from '../../seeded-random.js';
import { AwsError, type PublishedMessage, type SandboxContext } from '../../service.js';

export interface Topic {
  readonly arn: string;
  readonly displayName: string;
}

/** Topics of one Region, and everything that was published to one of them. */
export class TopicStore {
  readonly published: PublishedMessage[] = [];
  readonly #topics = new Map<string, Topic>();

  constructor(private readonly context: SandboxContext) {}

  all(): Topic[] {
    return [...this.#topics.values()];
  }

  /** The one that stands, where it is the same. @throws AwsError `InvalidParameter` where it is not */
  create(name: string, displayName: string): Topic {
    const { region, accountId } = this.context;
    const arn = `arn:aws:sns:${region}:${accountId}:${name}`;
    const topic = this.#topics.get(arn) ?? { arn, displayName };
    if (topic.displayName !== displayName)
      throw invalid('Attributes Reason: Topic already exists with different attributes');
    this.#topics.set(arn, topic);
    return topic;
  }

  /** @throws AwsError `InvalidParameter` for what is no ARN of this Region and account, `NotFound` for a topic that is not there */
  get(arn: string): Topic {
    this.checkArn(arn);
    const topic = this.#topics.get(arn);
    if (topic === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return topic;
  }

  /** A topic that is not there is no error. */
  delete(arn: string): void {
    this.checkArn(arn);
    this.#topics.delete(arn);
  }

  /** @returns the id of the message */
  publish(message: Omit<PublishedMessage, 'messageId' | 'at'>): string {
    const messageId = randomUuid(this.context.random);
    this.published.push({ ...message, messageId, at: this.context.clock.now().toISOString() });
    return messageId;
  }

  private checkArn(arn: string): void {
    if (!arn.startsWith('arn:')) throw invalid(`TopicArn Reason: ${arn} does not start with arn`);
    const { region, accountId } = this.context;
    if (!arn.startsWith(`arn:aws:sns:${region}:`)) throw invalid('TopicArn');
    if (!arn.startsWith(`arn:aws:sns:${region}:${accountId}:`))
      throw new AwsError(
        'AuthorizationError',
        `not authorized to perform an action on resource: ${arn}`,
        403,
      );
  }
}

export function invalid(what: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
}
