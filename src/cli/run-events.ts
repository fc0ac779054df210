import { join } from 'node:path';
import type { EventSink, PipelineEvent } from '../pipeline/events.js';
import { describeEvent } from '../views/event-text.js';
import { createNdjsonView } from '../views/ndjson-view.js';
import type { View } from '../views/view.js';
import { openEventFile, type EventFile } from './event-file.js';

export interface RunEvents {
  readonly sink: EventSink;
  /** The run that the events are about, once it has begun. */
  run(): string | undefined;
  /** From now on the view is left alone: what is still told goes to `say`, in words. */
  leaveView(say: (line: string) => void): void;
  close(): void;
}

export interface RunEventsOptions {
  /** The tool's folder; the events of each run are kept in its folder there. */
  readonly root: string;
  /** From `--events`. */
  readonly file: string | undefined;
  readonly view: View;
}

/** Hands every event to the view, to `events.ndjson` of the run, and to the file of `--events`. */
export function openRunEvents({ root, file, view }: RunEventsOptions): RunEvents {
  const files: EventFile[] = [];
  const sinks: EventSink[] = [];
  let toView = view.sink;
  const record = (path: string): void => {
    const opened = openEventFile(path);
    files.push(opened);
    sinks.push(createNdjsonView((line) => opened.write(line)).sink);
  };
  if (file !== undefined) record(file);
  let run: string | undefined;
  return {
    sink: (event: PipelineEvent) => {
      if (event.type === 'run-started' && run === undefined) {
        run = event.run;
        record(join(root, 'runs', run, 'events.ndjson'));
      }
      for (const sink of [toView, ...sinks]) sink(event);
    },
    run: () => run,
    leaveView: (say) => {
      toView = (event) => {
        const text = describeEvent(event);
        if (text !== undefined) say(text);
      };
    },
    close: () => {
      for (const opened of files.splice(0)) opened.close();
    },
  };
}
