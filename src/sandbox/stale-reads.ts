import type { AwsStruct } from './service.js';

type Answer = { readonly output: AwsStruct } | { readonly error: Error };

interface Remembered {
  readonly answer: Answer;
  readonly at: number;
}

/**
 * Eventual consistency: for a while after a change a read may be answered as it was answered before the change. Only
 * answers that were really given are repeated, once per change and read.
 */
export class StaleReads {
  private readonly answers = new Map<string, Remembered>();
  private readonly changes = new Map<string, number>();

  constructor(
    private readonly windowMs: number,
    private readonly nowMs: () => number,
  ) {}

  changed(service: string): void {
    this.changes.set(service, this.nowMs());
  }

  /** Reads through: the remembered answer when it is still allowed to be stale, else what `read` finds now. */
  async read(service: string, key: string, read: () => Promise<AwsStruct>): Promise<AwsStruct> {
    const remembered = this.answers.get(key);
    const changedAt = this.changes.get(service);
    const now = this.nowMs();
    if (remembered !== undefined && changedAt !== undefined) {
      const isStale = remembered.at <= changedAt && now - changedAt < this.windowMs;
      this.answers.delete(key);
      if (isStale) return replay(remembered.answer);
    }
    return this.remember(key, now, read);
  }

  private async remember(key: string, at: number, read: () => Promise<AwsStruct>): Promise<AwsStruct> {
    try {
      const output = await read();
      this.answers.set(key, { at, answer: { output } });
      return output;
    } catch (error) {
      if (error instanceof Error) this.answers.set(key, { at, answer: { error } });
      throw error;
    }
  }
}

function replay(answer: Answer): AwsStruct {
  if ('error' in answer) throw answer.error;
  return answer.output;
}
