import type { PipelineEvent } from '../pipeline/events.js';
import { printable } from './printable.js';
import { formatDuration } from './quantity.js';

/** An event in words, for plain lines; undefined for those that lines are not made for one by one. */
export function describeEvent(event: PipelineEvent): string | undefined {
  switch (event.type) {
    case 'run-started':
      return `run ${event.run} ${event.resumed ? 'resumed' : 'started'}: ${event.path}, ${event.steps.length} steps`;
    case 'step-started':
      return event.attempt > 1 ? `started, attempt ${event.attempt}` : 'started';
    case 'step-adopted':
      return `stands already: ${printable(event.because)}`;
    case 'step-noted':
      return printable(event.text);
    case 'step-observed':
      return `${printable(event.resource)} is ${printable(event.state)}`;
    case 'call-started':
      return `${event.call} ${printable(event.key)} …`;
    case 'call-finished':
      return `${event.call} ${printable(event.key)} done in ${formatDuration(event.ms)}`;
    case 'step-finished':
      return `finished in ${formatDuration(event.ms)}`;
    case 'step-failed':
      return `failed: ${printable(event.message)} (${event.code})`;
    case 'undo-started':
      return 'taking back';
    case 'undo-finished':
      return `taken back: ${printable(event.because)}`;
    case 'run-stopping':
      return `${event.signal} received`;
    case 'notification-failed':
      return `nobody was told by ${printable(event.channel)}: ${printable(event.why)}; the run is not concerned`;
    case 'run-finished':
      return `run ${event.outcome} (exit code ${event.exitCode})`;
    case 'step-progressed':
      return undefined;
  }
}
