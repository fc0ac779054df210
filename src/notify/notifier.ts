import { createScrubber } from '../process/scrubber.js';
import type { Channel, Notice } from './notice.js';

export interface NotifierOptions {
  readonly channels: readonly Channel[];
  /** Texts that no notice may hold, known at once: secret variables, the address of the webhook. */
  readonly secrets: readonly string[];
  /** Those that have to be asked for, e.g. the password of the source; asked once, when the first notice is due. */
  readonly listSecrets: () => Promise<readonly string[]>;
  /** A notice could not be delivered; `why` is scrubbed. */
  readonly onProblem: (channel: string, why: string) => void;
  /** Calls `then` after so many milliseconds; returns what prevents that. */
  readonly after: (ms: number, then: () => void) => () => void;
}

export interface Notifier {
  /** Returns at once, never throws. Each channel gets its notices in order. */
  notify(notice: Notice): void;
  /** Resolves when everything is delivered or given up, after 5 s at the most; then what is left is dropped. */
  settle(): Promise<void>;
}

/** No notice takes longer, whatever its channel does. */
const capMs = 5_000;

/** Tells people how a run goes, beside it: what fails or hangs here neither fails nor delays the run. */
export function createNotifier(options: NotifierOptions): Notifier {
  const { channels, after } = options;
  const scrubber = new NoticeScrubber(options);
  const closing = new AbortController();
  const queues = new Map(channels.map((channel) => [channel, Promise.resolve()]));

  const deliver = async (channel: Channel, notice: Notice): Promise<void> => {
    const overdue = new AbortController();
    const stop = after(capMs, () => overdue.abort(new Error(`no end within ${capMs / 1000} s`)));
    const signal = AbortSignal.any([overdue.signal, closing.signal]);
    try {
      signal.throwIfAborted();
      await Promise.race([sendClean(channel, notice, signal), aborted(signal)]);
    } catch (error) {
      const cause: unknown = signal.aborted ? signal.reason : error;
      options.onProblem(channel.name, scrubber.scrub(cause instanceof Error ? cause.message : String(cause)));
    } finally {
      stop();
    }
  };
  const sendClean = async (channel: Channel, notice: Notice, signal: AbortSignal): Promise<void> =>
    channel.send(await scrubber.clean(notice), signal);

  return {
    notify: (notice) => {
      scrubber.prepare();
      for (const [channel, before] of queues) {
        queues.set(
          channel,
          before.then(() => deliver(channel, notice)),
        );
      }
    },
    settle: async () => {
      const stop = after(capMs, () => closing.abort(new Error('not delivered when the command ended')));
      await Promise.all(queues.values());
      stop();
    },
  };
}

/** Takes secrets out of notices. What cannot be cleaned is left out. */
class NoticeScrubber {
  #asked: Promise<readonly string[] | undefined> | undefined;
  readonly #known: (text: string) => string;

  constructor(private readonly options: NotifierOptions) {
    this.#known = createScrubber(options.secrets);
  }

  /** What is secret may be out of reach when it is needed: after a failure. */
  prepare(): void {
    this.#asked ??= this.options.listSecrets().catch(() => undefined);
  }

  scrub(text: string): string {
    return this.#known(text);
  }

  async clean(notice: Notice): Promise<Notice> {
    const { detail } = notice;
    const found = detail === null ? [] : await this.findSecrets();
    const scrub = createScrubber([...this.options.secrets, ...(found ?? [])]);
    return {
      ...notice,
      text: scrub(notice.text),
      detail: detail === null || found === undefined ? null : scrub(detail),
      next: notice.next.map(scrub),
    };
  }

  /** Undefined when they are not known in time. */
  private async findSecrets(): Promise<readonly string[] | undefined> {
    let stop = (): void => undefined;
    const late = new Promise<undefined>((resolve) => {
      stop = this.options.after(capMs / 2, () => resolve(undefined));
    });
    try {
      return await Promise.race([this.#asked, late]);
    } finally {
      stop();
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
