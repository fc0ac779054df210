import type { CallRecord } from './call-record.js';

const keptCalls = 50_000;

/** The calls in order of arrival; the oldest are forgotten beyond 50,000. */
export class CallLog {
  private readonly records: CallRecord[] = [];
  private seq = 0;

  nextSeq(): number {
    this.seq += 1;
    return this.seq;
  }

  add(record: CallRecord): void {
    this.records.push(record);
    if (this.records.length > keptCalls) this.records.shift();
  }

  /** All calls, by `seq`: a call is recorded when it ends, so a slow one would otherwise come late. */
  all(): CallRecord[] {
    return [...this.records].sort((left, right) => left.seq - right.seq);
  }
}
