import type { CheckRow, ComparisonRow } from './checks-table.js';

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

/** One mutating call, as the journal has it. */
export interface ReportChange {
  readonly step: string;
  readonly call: string;
  readonly key: string;
  readonly arn: string | null;
  readonly requestId: string | null;
}
