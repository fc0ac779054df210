import type { Problem } from '../errors.js';
import { printable } from './printable.js';
import { formatMoney, formatRange, type Range } from './quantity.js';
import { renderTable } from './table.js';

export interface PlanRow {
  readonly id: string;
  readonly title: string;
  readonly plan:
    | { readonly kind: 'change'; readonly effects: readonly string[]; readonly calls?: readonly string[] }
    | { readonly kind: 'satisfied'; readonly because: string }
    | { readonly kind: 'blocked'; readonly problems: readonly Problem[] };
  readonly reversal: {
    readonly kind: 'undo' | 'nothing-to-undo' | 'point-of-no-return';
    readonly because?: string;
  };
  readonly undoNote: readonly string[];
  readonly typicalSeconds?: Range;
  readonly writersPaused: boolean;
  readonly notes: readonly string[];
}

export interface PlanRows {
  readonly path: string;
  readonly steps: readonly PlanRow[];
  readonly problems: readonly Problem[];
  readonly totalSeconds: Range;
  readonly downtimeSeconds: Range;
  readonly basis?: readonly string[];
  readonly cost?: CostRows | null;
}

interface CostRows {
  readonly lines: readonly {
    readonly what: string;
    readonly per: string;
    readonly usd: Range | null;
    readonly basis: string;
  }[];
  readonly bothPerHour: Range | null;
  readonly remark: string;
}

/** What a path would do: each step with its effects, calls and way back, then the times, then what is in the way. */
export function renderPlan(plan: PlanRows): string {
  const steps = plan.steps.map((step, index) => renderStep(step, index + 1));
  return [
    `Plan for ${printable(plan.path)}: ${plan.steps.length} steps. Nothing was changed.`,
    ...steps,
    renderTimes(plan),
    (plan.basis ?? []).map((line) => printable(line)).join('\n'),
    renderCost(plan.cost ?? null),
    renderProblems(plan.problems),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const signs = { change: '~', satisfied: '=', blocked: '✖' } as const;

function renderStep(step: PlanRow, number: number): string {
  const marks = [
    ...(step.typicalSeconds === undefined ? [] : [formatRange(step.typicalSeconds)]),
    ...(step.writersPaused ? ['writers paused'] : []),
  ];
  const suffix = marks.length === 0 ? '' : `  (${marks.join(', ')})`;
  const head = `${String(number).padStart(2)} ${signs[step.plan.kind]} ${printable(step.title)}${suffix}`;
  return [
    head,
    ...describePlan(step.plan),
    ...step.notes.map((note) => detail(note)),
    ...describeUndo(step),
  ].join('\n');
}

function describePlan(plan: PlanRow['plan']): readonly string[] {
  if (plan.kind === 'satisfied') return [detail(plan.because)];
  if (plan.kind === 'blocked') return plan.problems.map((problem) => detail(problem.what));
  return [
    ...plan.effects.map((effect) => detail(effect)),
    ...(plan.calls ?? []).map((call) => detail(`call  ${call}`)),
  ];
}

function describeUndo({ reversal, undoNote }: PlanRow): readonly string[] {
  if (reversal.kind === 'undo') return undoNote.map((note) => detail(`undo  ${note}`));
  if (reversal.kind === 'nothing-to-undo') return [];
  return [detail(`no way back: ${reversal.because ?? ''}`)];
}

function detail(text: string): string {
  return `      ${printable(text)}`;
}

function renderTimes(plan: PlanRows): string {
  const rows = [
    { label: 'Whole run', range: plan.totalSeconds },
    { label: 'Application cannot write', range: plan.downtimeSeconds },
  ];
  return renderTable(rows, [
    { title: 'ESTIMATE', cell: (row) => row.label },
    { title: 'TIME', cell: (row) => formatRange(row.range) },
  ]);
}

function renderCost(cost: CostRows | null): string {
  if (cost === null) return '';
  const both = { what: 'both, while both run', per: 'hour', usd: cost.bothPerHour, basis: '' };
  const table = renderTable(cost.bothPerHour === null ? cost.lines : [...cost.lines, both], [
    { title: 'COST', cell: (line) => line.what },
    {
      title: 'ABOUT, USD',
      align: 'right',
      cell: (line) => (line.usd === null ? 'not known' : `${formatMoney(line.usd)} per ${line.per}`),
    },
    { title: 'FROM', cell: (line) => line.basis },
  ]);
  return `${table}\n${printable(cost.remark)}`;
}

function renderProblems(problems: readonly Problem[]): string {
  if (problems.length === 0) return 'No blockers.';
  const blocks = problems.map(
    ({ code, what, why, fix }) =>
      `  ✖ ${printable(what)}  ${code}\n      why: ${printable(why)}\n      fix: ${printable(fix)}`,
  );
  return [`Blockers (${problems.length}):`, ...blocks].join('\n');
}
