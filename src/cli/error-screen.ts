import type { Problem } from '../errors.js';
import { printable } from '../views/printable.js';
import type { Failure } from './failure.js';
import type { Style } from './style.js';

/** What is known of the run that failed, beyond the error itself. Every part is optional. */
export interface Aftermath {
  readonly run?: string;
  /** Where it stopped, e.g. `Step 7/14 Restore the database, after 41 min`. */
  readonly where?: string;
  /** How the journal and the source stand now. */
  readonly state?: readonly string[];
  /** What the run has made in AWS that goes on by itself, with what it costs. */
  readonly running?: readonly string[];
  readonly resume?: string;
  readonly rollback?: string;
}

const labelWidth = 8;

/** The failure screen: what, why, state, what costs money now, the next commands, the way back. */
export function renderError(failure: Failure, aftermath: Aftermath, style: Style): string {
  const [firstLine = '', ...otherLines] = failure.what.split('\n').filter((line) => line.trim() !== '');
  const title = aftermath.where ?? firstLine;
  const lines = [`${style.red('✖')} ${style.bold(printable(title))}  ${style.dim(failure.code)}`];
  lines.push(...field('What', aftermath.where === undefined ? otherLines : [firstLine, ...otherLines]));
  lines.push(...field('Why', failure.why === undefined ? [] : [failure.why]));
  lines.push(...(failure.problems ?? []).flatMap(renderProblem));
  lines.push(...field('About', identifiersOf(failure)));
  lines.push(...field('State', stateOf(failure, aftermath)));
  lines.push(...field('Running', aftermath.running ?? []));
  lines.push(...field('Next', nextOf(failure, aftermath)));
  lines.push(...field('Undo', aftermath.rollback === undefined ? [] : [aftermath.rollback]));
  lines.push(...(failure.stack ?? []).slice(0, 8).map((frame) => style.dim(`  ${printable(frame)}`)));
  return lines.join('\n');
}

/** Next commands: those of the error, then the resume command where it helps and is not yet among them. */
export function nextOf(failure: Failure, aftermath: Aftermath): readonly string[] {
  const resume = failure.resumable ? aftermath.resume : undefined;
  if (resume === undefined || failure.next.some((line) => line.includes('rds2aurora resume')))
    return failure.next;
  return [...failure.next, resume];
}

function identifiersOf(failure: Failure): readonly string[] {
  const parts = [
    failure.step === undefined ? undefined : `step ${failure.step}`,
    failure.resource,
    failure.requestId === undefined ? undefined : `AWS request ${failure.requestId}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? [] : [parts.join(', ')];
}

function stateOf(failure: Failure, aftermath: Aftermath): readonly string[] {
  if (aftermath.state !== undefined && aftermath.state.length > 0) return aftermath.state;
  if (failure.changed === false) return ['Nothing was changed.'];
  return failure.changed === true ? ['Something was changed in AWS or in a database by this command.'] : [];
}

function renderProblem(problem: string | Problem): readonly string[] {
  if (typeof problem === 'string') return [`  • ${printable(problem)}`];
  return [
    `  • ${printable(problem.what)}  ${problem.code}`,
    `      why: ${printable(problem.why)}`,
    `      fix: ${printable(problem.fix)}`,
  ];
}

function field(label: string, values: readonly string[]): readonly string[] {
  const rows = values.flatMap((value) => printable(value, { lines: true }).split('\n'));
  return rows.map((row, index) => `  ${(index === 0 ? label : '').padEnd(labelWidth)}${row}`);
}
