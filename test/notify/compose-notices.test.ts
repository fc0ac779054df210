import { describe, expect, it } from 'vitest';
import { createNoticeComposer } from '../../src/notify/compose-notices.js';
import { noticeSchema } from '../../src/notify/notice.js';
import type { PipelineEvent } from '../../src/pipeline/events.js';

const at = '2026-11-24T05:00:00.000Z';
const started: PipelineEvent = {
  ...{ at, elapsedMs: 0, type: 'run-started', run: 'rag-a1b2c3', path: 'snapshot', resumed: false },
  steps: [{ id: 'create-cluster', title: 'Create the cluster' }],
};

function composerOf(command: string) {
  return createNoticeComposer({
    ...{ command, name: 'rag', region: 'us-east-1' },
    ...{ source: 'rag-db', target: 'rag-cluster' },
  });
}

function ended(outcome: 'done' | 'failed' | 'stopped' | 'rolled-back', exitCode: 0 | 1 | 9): PipelineEvent {
  return { at, elapsedMs: 65_000, type: 'run-finished', outcome, exitCode };
}

describe('what people are told', () => {
  it('is that a run has started', () => {
    const notice = noticeSchema.parse(composerOf('migrate snapshot').compose(started));
    expect(notice.event).toBe('started');
    expect(notice.text).toBe(
      'rag-a1b2c3: migrate snapshot has started, 1 steps, rag-db to rag-cluster in us-east-1',
    );
  });

  it('is where a run failed, why, and how to go on, the error apart from the rest', () => {
    const composer = composerOf('migrate snapshot');
    composer.compose(started);
    const message = 'quota\u001b[2J is used up';
    composer.compose({
      at,
      elapsedMs: 1,
      type: 'step-failed',
      step: 'create-cluster',
      code: 'Quota',
      message,
    });
    const notice = noticeSchema.parse(composer.compose(ended('failed', 1)));
    expect(notice).toMatchObject({ event: 'failed', step: 'create-cluster', exitCode: 1 });
    expect(notice.text).toMatch(/^rag-a1b2c3 has failed in step create-cluster after .* \(exit code 1\)$/);
    expect(notice.text).not.toContain('quota');
    expect(notice.detail).toMatch(/^quota.* is used up \(Quota\)$/);
    expect(notice.detail).not.toContain('\u001b');
    expect(notice.next).toEqual(['rds2aurora status rag-a1b2c3', 'rds2aurora resume rag-a1b2c3']);
  });

  it.each([
    ['migrate snapshot', ended('done', 0), 'finished', ['rds2aurora status rag-a1b2c3']],
    ['rollback', ended('rolled-back', 0), 'rolled-back', ['rds2aurora status rag-a1b2c3']],
    [
      ...(['rollback', ended('stopped', 9), 'stopped'] as const),
      ['rds2aurora status rag-a1b2c3', 'rds2aurora rollback rag-a1b2c3'],
    ],
  ] as const)('is how %s ended: %j', (command, event, name, next) => {
    const composer = composerOf(command);
    composer.compose(started);
    expect(composer.compose(event)).toMatchObject({ event: name, next });
  });

  it('is that a question waits for a person', () => {
    const notice = noticeSchema.parse(composerOf('migrate fresh').composeWaiting('Give up rag-db', at));
    expect([notice.event, notice.run]).toEqual(['waiting', null]);
    expect(notice.text).toBe('rag: migrate fresh waits for an answer at its terminal: Give up rag-db?');
  });

  it('is nothing of what happens in between', () => {
    const composer = composerOf('resume');
    expect(
      composer.compose({ at, elapsedMs: 1, type: 'step-started', step: 'a', attempt: 1 }),
    ).toBeUndefined();
  });
});
