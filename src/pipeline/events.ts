import type { ExitCode } from '../errors.js';
import type { Progress, StepId } from './step.js';

/** What happens in a run, told to whoever listens. Views know nothing else. No event holds a secret. */
export type PipelineEvent = { readonly at: string; readonly elapsedMs: number } & (
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly path: string;
      readonly resumed: boolean;
      readonly steps: readonly StepLabel[];
    }
  | { readonly type: 'step-started'; readonly step: StepId; readonly attempt: number }
  | { readonly type: 'step-adopted'; readonly step: StepId; readonly because: string }
  | { readonly type: 'step-noted'; readonly step: StepId; readonly text: string }
  | { readonly type: 'step-progressed'; readonly step: StepId; readonly progress: Progress }
  | {
      readonly type: 'step-observed';
      readonly step: StepId;
      readonly resource: string;
      readonly state: string;
    }
  | { readonly type: 'call-started'; readonly step: StepId; readonly call: string; readonly key: string }
  | {
      readonly type: 'call-finished';
      readonly step: StepId;
      readonly call: string;
      readonly key: string;
      readonly ms: number;
    }
  | { readonly type: 'step-finished'; readonly step: StepId; readonly ms: number; readonly summary: string }
  | { readonly type: 'step-failed'; readonly step: StepId; readonly code: string; readonly message: string }
  | { readonly type: 'undo-started'; readonly step: StepId }
  | { readonly type: 'undo-finished'; readonly step: StepId; readonly because: string }
  | { readonly type: 'run-stopping'; readonly signal: string }
  | { readonly type: 'notification-failed'; readonly channel: string; readonly why: string }
  | {
      readonly type: 'run-finished';
      readonly outcome: 'done' | 'failed' | 'stopped' | 'rolled-back';
      readonly exitCode: ExitCode;
    }
);

export interface StepLabel {
  readonly id: StepId;
  readonly title: string;
}

/** Receives events. Must not throw; the engine does not wait for it. */
export type EventSink = (event: PipelineEvent) => void;
