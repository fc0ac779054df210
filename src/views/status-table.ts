import { printable } from './printable.js';
import { formatDuration, formatMoney, formatRange, type Range } from './quantity.js';
import { formatTime, type RunRow } from './runs-table.js';
import { renderTable } from './table.js';

export interface StepRow {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly attempts: number;
  readonly milliseconds: number | null;
  readonly error: { readonly code: string; readonly what: string } | null;
  readonly observed: Readonly<Record<string, string>>;
}

export interface HolderRow {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  readonly command: string;
  readonly since: string;
}

export interface LockRow {
  readonly holder: HolderRow | null;
  readonly alive: 'alive' | 'dead' | 'unknown';
}

export interface StatusRows extends RunRow {
  readonly lastAt: string | null;
  readonly directory: string;
  readonly stepStates: readonly StepRow[];
  readonly pending: readonly { readonly step: string; readonly call: string; readonly key: string }[];
  readonly lock: LockRow | null;
  readonly warnings: readonly string[];
  readonly live:
    readonly { readonly resource: string; readonly name: string; readonly status: string }[] | null;
  readonly liveProblem: string | null;
  readonly cost: {
    readonly asOf: string;
    readonly lines: readonly { readonly what: string; readonly usd: Range | null; readonly basis: string }[];
    readonly perHour: Range | null;
    readonly remark: string;
  } | null;
  readonly byHand: readonly { readonly step: string; readonly note: readonly string[] }[] | null;
  readonly timeLeft: { readonly seconds: Range; readonly overdue: boolean } | null;
}

/** The state of one run, its steps, and what is open. */
export function renderStatus(status: StatusRows, next: readonly string[]): string {
  return [
    renderHead(status),
    renderSteps(status.stepStates),
    renderLive(status),
    renderCost(status.cost),
    list(
      'Calls begun whose effect is not known (resume reads back before it calls again):',
      status.pending.map(describePending),
    ),
    list('Warnings:', status.warnings),
    renderByHand(status.byHand),
    list('Next:', next),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Who holds a run, in a sentence. */
export function describeLock(lock: LockRow): string {
  const { holder } = lock;
  if (holder === null) return 'locked by a process that left no readable name';
  const since = `${formatTime(holder.since)} UTC`;
  const who = printable(`${holder.user} on ${holder.host}, process ${holder.pid} (${holder.command})`);
  return `${who} since ${since}${livenessNote[lock.alive]}`;
}

const livenessNote = {
  alive: '',
  dead: '; that process is gone',
  unknown: '; that machine cannot be seen from here',
} as const;

function renderHead(status: StatusRows): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Run', status.run],
    ['State', `${status.state}, ${status.stepsDone} of ${status.steps} steps done`],
    ['Path', status.path ?? ''],
    ['Source', status.source ?? ''],
    ['Target', status.target ?? ''],
    ['Started', `${formatTime(status.startedAt)} UTC`],
    ['Last sign', `${formatTime(status.lastAt)} UTC`],
    ...describeTimeLeft(status.timeLeft).map((left) => ['Time left', left] as const),
    ...(status.timeLeft?.overdue === true
      ? [['', 'the step at work takes longer than was planned'] as const]
      : []),
    ['Held by', status.lock === null ? 'nobody' : describeLock(status.lock)],
    ['Folder', status.directory],
  ];
  return rows.map(([label, value]) => `${label.padEnd(10)}${printable(value)}`).join('\n');
}

/** `about 5 min to 20 min`; nothing when nothing is known or left. */
export function describeTimeLeft(left: StatusRows['timeLeft']): readonly string[] {
  return left === null || left.seconds[1] === 0 ? [] : [`about ${formatRange(left.seconds)}`];
}

function renderByHand(steps: StatusRows['byHand']): string {
  if (steps === null) return '';
  if (steps.length === 0) return 'Nothing is to be taken back.';
  return list(
    'Taking it back by hand, in this order:',
    steps.flatMap(({ step, note }) => [step, ...note.map((line) => `  ${line}`)]),
  );
}

function renderLive({ live, liveProblem }: StatusRows): string {
  if (liveProblem !== null) return `AWS could not be asked: ${printable(liveProblem)}`;
  if (live === null) return '';
  return renderTable(live, [
    { title: 'IN AWS NOW', cell: (one) => one.resource },
    { title: 'NAME', cell: (one) => one.name },
    { title: 'STATUS', cell: (one) => one.status },
  ]);
}

function renderCost(cost: StatusRows['cost']): string {
  if (cost === null) return '';
  const money = (usd: Range | null): string => (usd === null ? 'not known' : formatMoney(usd));
  const all = { what: 'all of it', usd: cost.perHour, basis: '' };
  const table = renderTable(cost.lines.length > 1 ? [...cost.lines, all] : cost.lines, [
    { title: 'COSTS BY THE HOUR', cell: (line) => line.what },
    { title: 'ABOUT, USD', align: 'right', cell: (line) => money(line.usd) },
    { title: 'FROM', cell: (line) => line.basis },
  ]);
  return cost.lines.length === 0 ? '' : `${table}\n${printable(cost.remark)}`;
}

function renderSteps(steps: readonly StepRow[]): string {
  const numbered = steps.map((step, index) => ({ ...step, number: index + 1 }));
  return renderTable(numbered, [
    { title: '#', align: 'right', cell: (step) => String(step.number) },
    { title: 'STEP', cell: (step) => step.id },
    { title: 'STATE', cell: (step) => step.state },
    { title: 'TRIES', align: 'right', cell: (step) => (step.attempts > 1 ? String(step.attempts) : '') },
    {
      title: 'TIME',
      align: 'right',
      cell: (step) => (step.milliseconds === null ? '' : formatDuration(step.milliseconds)),
    },
    { title: 'LAST SEEN', cell: (step) => describeObserved(step) },
    { title: 'ERROR', cell: (step) => (step.error === null ? '' : `${step.error.code}: ${step.error.what}`) },
  ]);
}

function describeObserved({ observed, state }: StepRow): string {
  if (state === 'verified') return '';
  return Object.entries(observed)
    .map(([resource, word]) => `${resource} ${word}`)
    .join(', ');
}

function describePending(pending: {
  readonly step: string;
  readonly call: string;
  readonly key: string;
}): string {
  return `${pending.step}: ${pending.call} ${pending.key}`;
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, ...lines.map((line) => `  ${printable(line)}`)].join('\n');
}

export function renderUnlock(unlock: {
  readonly run: string;
  readonly freed: boolean;
  readonly lock: LockRow | null;
}): string {
  if (!unlock.freed) return `Run ${unlock.run} was not locked.`;
  return `Run ${unlock.run} is free. It was held by ${unlock.lock === null ? 'nobody' : describeLock(unlock.lock)}.`;
}
