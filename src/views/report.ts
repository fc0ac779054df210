import type { CheckRow, ComparisonRow } from './checks-table.js';
import { formatMoney, type Range } from './quantity.js';

/** What a run did and how it ended; written as JSON, as Markdown and as a page. Holds no secret. */
export interface Report {
  readonly schema: 'rds2aurora/report@1';
  readonly run: string;
  readonly path: string;
  readonly outcome: string;
  readonly toolVersion: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly lastAt: string;
  readonly totalMilliseconds: number;
  /** From the moment writers were paused until the application was started again; null when that has not happened. */
  readonly downtime: { readonly from: string; readonly to: string; readonly milliseconds: number } | null;
  readonly source: string;
  readonly target: string;
  readonly steps: readonly ReportStep[];
  readonly checks: readonly CheckRow[];
  readonly comparisons: readonly ComparisonRow[];
  readonly changes: readonly ReportChange[];
  /** What stands when the run has ended, and costs money; null when the run came to know nothing of it. */
  readonly standing: ReportStanding | null;
  /** For the person: roles without passwords, errors that were let pass, and the like. */
  readonly remarks: readonly string[];
  /** How each step is taken back by hand, the last step first. */
  readonly undo: readonly { readonly step: string; readonly note: readonly string[] }[];
}

export interface ReportStep {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly attempts: number;
  readonly startedAt: string | null;
  readonly milliseconds: number | null;
}

export interface ReportStanding {
  readonly currency: 'USD';
  /** Year and month of the price list. */
  readonly asOf: string;
  readonly lines: readonly {
    readonly what: string;
    readonly per: 'hour' | 'month';
    /** Null when it is not known. */
    readonly usd: Range | null;
    readonly basis: string;
  }[];
  /** All that is paid for by the hour; null when a price is not known. */
  readonly perHour: Range | null;
  readonly remark: string;
}

/** One mutating call, as the journal has it. */
export interface ReportChange {
  readonly step: string;
  readonly call: string;
  readonly key: string;
  readonly arn: string | null;
  readonly requestId: string | null;
}

/** The rows of what stands, and the sum of what is paid for by the hour. */
export function standingRows({
  lines,
  perHour,
}: ReportStanding): readonly (readonly [string, string, string])[] {
  const money = (usd: Range | null, per: string): string =>
    usd === null ? 'not known' : `${formatMoney(usd)} per ${per}`;
  return [
    ...lines.map(({ what, usd, per, basis }) => [what, money(usd, per), basis] as const),
    ['all that is paid for by the hour', money(perHour, 'hour'), ''],
  ];
}
