import { formatDuration } from '../quantity.js';
import type { Report, ReportStep } from '../report.js';
import { escapeHtml } from './escape-html.js';

const rowHeight = 34;
const headHeight = 22;
const barHeight = 10;

/**
 * The steps over time, and the time in which the application could not write. Places along the time are percentages and
 * all else is in pixels, so that the letters stay readable however narrow the page is. The table of steps says the
 * same in words.
 */
export function renderTimeline(report: Report): string {
  const steps = report.steps.filter((step) => step.startedAt !== null);
  if (steps.length === 0) return '';
  const scale = scaleOf(report);
  const height = headHeight + steps.length * rowHeight + 20;
  return [
    `<svg class="timeline" role="img" aria-labelledby="timeline-title" width="100%" height="${height}">`,
    `<title id="timeline-title">${escapeHtml(describe(report))}</title>`,
    renderDowntime(report, scale, height),
    ...steps.map((step, index) => renderStep(step, scale, headHeight + index * rowHeight)),
    `<text x="0" y="${height - 5}" class="axis">${time(report.startedAt)}</text>`,
    `<text x="100%" y="${height - 5}" class="axis" text-anchor="end">${time(report.lastAt)} UTC</text>`,
    '</svg>',
  ].join('\n');
}

/** From a moment to its place, in percent of the whole run. */
type Scale = (moment: string) => number;

function scaleOf({ startedAt, totalMilliseconds }: Report): Scale {
  const start = Date.parse(startedAt);
  const whole = Math.max(1, totalMilliseconds);
  return (moment) => Math.min(100, Math.max(0, (100 * (Date.parse(moment) - start)) / whole));
}

function renderStep(step: ReportStep, scale: Scale, top: number): string {
  const { startedAt, milliseconds } = step;
  if (startedAt === null) return '';
  const from = scale(startedAt);
  const ended =
    milliseconds === null ? 100 : scale(new Date(Date.parse(startedAt) + milliseconds).toISOString());
  const duration = milliseconds === null ? step.state : formatDuration(milliseconds);
  // A step of a moment is still to be seen.
  const width = Math.max(0.4, ended - from);
  return [
    `<text x="0" y="${top + 13}" class="name">${escapeHtml(step.title)}</text>`,
    `<text x="100%" y="${top + 13}" class="axis" text-anchor="end">${escapeHtml(duration)}</text>`,
    `<rect x="0" y="${top + 18}" width="100%" height="${barHeight}" class="track"/>`,
    `<rect x="${percent(Math.min(from, 99.6))}" y="${top + 18}" width="${percent(width)}" height="${barHeight}" class="bar ${step.state}"/>`,
  ].join('');
}

function renderDowntime({ downtime }: Report, scale: Scale, height: number): string {
  if (downtime === null) return '';
  const from = scale(downtime.from);
  const to = scale(downtime.to);
  // The words stay inside the picture wherever the time lies.
  const [x, anchor] = from > 50 ? [to, 'end'] : [from, 'start'];
  return [
    `<rect x="${percent(from)}" y="0" width="${percent(Math.max(0.4, to - from))}" height="${height - 20}" class="downtime"/>`,
    `<text x="${percent(x)}" y="14" class="axis" text-anchor="${anchor}">no writes for ${formatDuration(downtime.milliseconds)}</text>`,
  ].join('');
}

function describe({ steps, totalMilliseconds, downtime }: Report): string {
  const whole = `${steps.length} steps in ${formatDuration(totalMilliseconds)}`;
  return downtime === null
    ? whole
    : `${whole}; the application could not write for ${formatDuration(downtime.milliseconds)}`;
}

const percent = (value: number): string => `${value.toFixed(2)}%`;

/** `14:03:12` */
const time = (moment: string): string => escapeHtml(moment.slice(11, 19));
