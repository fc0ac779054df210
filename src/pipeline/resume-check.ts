import { JournalError, StaleError } from '../errors.js';
import { canonicalJson, describeDifferences, sha256, toJsonObject } from '../journal/json.js';
import type { RunState } from '../journal/run-state.js';
import type { RunContext } from './session.js';

/**
 * A journal may be continued only by the steps and the configuration it was begun with.
 * @throws JournalError `StepsChanged`; StaleError `ConfigChanged`, both naming each difference
 */
export function assertSamePlan<Config extends object>(state: RunState, context: RunContext<Config>): void {
  const { header } = state;
  const was = state.steps.map((step) => step.id);
  const is = context.steps.map((step) => step.id);
  if (canonicalJson(was) !== canonicalJson(is)) {
    throw new JournalError('StepsChanged', `run ${state.run} was planned with other steps`, {
      why: describeSteps(was, is),
      next: [`use rds2aurora ${header.toolVersion} for this run`],
    });
  }
  const config = toJsonObject(context.comparedConfig ?? context.config);
  if (sha256(canonicalJson(config)) === header.configHash) return;
  throw new StaleError('ConfigChanged', `the configuration has changed since run ${state.run} was planned`, {
    why: describeDifferences(header.config, config).join('; '),
    next: ['put the old values back to go on with this run', 'or start a new run with the new ones'],
  });
}

function describeSteps(was: readonly string[], is: readonly string[]): string {
  const gone = was.filter((id) => !is.includes(id));
  const added = is.filter((id) => !was.includes(id));
  const lines = [
    ...(gone.length > 0 ? [`no longer there: ${gone.join(', ')}`] : []),
    ...(added.length > 0 ? [`new: ${added.join(', ')}`] : []),
  ];
  return lines.length > 0 ? lines.join('; ') : `the order was ${was.join(', ')} and is ${is.join(', ')}`;
}
