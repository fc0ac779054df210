import type { PipelineEvent } from '../pipeline/events.js';
import { printable } from '../views/printable.js';
import { formatDuration } from '../views/quantity.js';
import { noticeSchemaId, type Notice } from './notice.js';

/** What every notice of a command says. */
export type NoticeSubject = Pick<Notice, 'command' | 'name' | 'region' | 'source' | 'target'>;

export interface NoticeComposer {
  /** Undefined for what nobody has to be told. */
  compose(event: PipelineEvent): Notice | undefined;
  /** A question is open at the terminal. */
  composeWaiting(question: string, at: string): Notice;
}

type Ended = Extract<PipelineEvent, { type: 'run-finished' }>;
type Failed = Extract<PipelineEvent, { type: 'step-failed' }>;

/** Start, question, failure and end of a run, out of its events. */
export function createNoticeComposer(fixed: NoticeSubject): NoticeComposer {
  let run: string | null = null;
  let failed: Failed | undefined;
  const make = (notice: Pick<Notice, 'event' | 'at' | 'text'> & Partial<Notice>): Notice => ({
    ...{ schema: noticeSchemaId, ...fixed, run, step: null, exitCode: null, detail: null, next: [] },
    ...notice,
  });
  const describeEnd = (event: Ended): Notice => {
    const { at, outcome, exitCode } = event;
    const where = failed === undefined ? '' : ` in step ${failed.step}`;
    const text = `${run ?? fixed.name} ${endings[outcome]}${where} after ${formatDuration(event.elapsedMs)}`;
    return make({
      ...{ event: outcome === 'done' ? 'finished' : outcome, at, exitCode },
      text: exitCode === 0 ? text : `${text} (exit code ${exitCode})`,
      step: failed?.step ?? null,
      detail: failed === undefined ? null : `${printable(failed.message)} (${failed.code})`,
      next: run === null ? [] : nextAfter(outcome, run, fixed.command),
    });
  };
  return {
    compose: (event) => {
      if (event.type === 'step-failed') failed = event;
      if (event.type === 'run-finished') return describeEnd(event);
      if (event.type !== 'run-started') return undefined;
      run = event.run;
      const word = event.resumed ? 'goes on' : 'has started';
      const text = `${run}: ${fixed.command} ${word}, ${event.steps.length} steps, ${fixed.source} to ${fixed.target} in ${fixed.region}`;
      return make({ event: 'started', at: event.at, text });
    },
    composeWaiting: (question, at) =>
      make({
        ...{ event: 'waiting', at },
        text: `${run ?? fixed.name}: ${fixed.command} waits for an answer at its terminal: ${printable(question)}?`,
      }),
  };
}

const endings = {
  done: 'has ended well',
  failed: 'has failed',
  stopped: 'was stopped and can be gone on with',
  'rolled-back': 'has been taken back',
} as const;

function nextAfter(outcome: Ended['outcome'], run: string, command: string): string[] {
  const status = `rds2aurora status ${run}`;
  if (outcome === 'done' || outcome === 'rolled-back') return [status];
  const again = command === 'rollback' || command === 'finalize' ? command : 'resume';
  return [status, `rds2aurora ${again} ${run}`];
}
