import type { RecordBody } from '../../src/journal/record.js';
import { headerBody } from './samples.js';

const session = { epoch: 1, toolVersion: '0.1.0', pid: 1, host: 'here', user: 'me', command: 'rds2aurora' };
const failure = { code: 'Failed', message: 'it “failed” \\ {"seq":1}' };
const step = 'make-one';

/** One record of each type at least, as no single run writes them: for what is said of journals of any content. */
export const everyKind: readonly RecordBody[] = [
  headerBody,
  { type: 'session-opened', purpose: 'run', ...session },
  { type: 'started', step, attempt: 1 },
  { type: 'intent', step, intent: 1, call: 'toy:Create', key: 'toy-1', before: { a: [1, null, 'é'] } },
  { type: 'effect', step, intent: 1, ms: 3, requestId: 'r-1', arn: 'arn:toy:1', detail: { b: true } },
  { type: 'observed', step, resource: 'toy-1', state: 'available' },
  { type: 'failed', step, ...failure },
  { type: 'stopped', reason: 'signal', signal: 'SIGINT', step },
  { type: 'session-opened', purpose: 'resume', ...session, epoch: 2 },
  { type: 'taken-over', epoch: 2 },
  { type: 'started', step, attempt: 2 },
  { type: 'succeeded', step, output: { name: 'toy-1' }, ms: 5 },
  { type: 'not-verified', step, ...failure },
  { type: 'verified', step },
  { type: 'finished' },
  { type: 'session-opened', purpose: 'finalize', ...session, epoch: 3 },
  { type: 'finalize-begun', steps: [{ id: 'end-one', title: 'End one' }] },
  { type: 'finalized' },
  { type: 'session-opened', purpose: 'rollback', ...session, epoch: 4 },
  { type: 'undo-started', step },
  { type: 'undo-failed', step, ...failure },
  { type: 'undo-started', step },
  { type: 'undone', step, because: 'it is gone', ms: 7 },
  { type: 'rolled-back', stoppedAt: null },
];
