import type { View, WriteLine } from './view.js';

export const eventsSchemaId = 'rds2aurora/events@1';

/** Every event as a line of JSON, after a first line that names the format. */
export function createNdjsonView(write: WriteLine): View {
  write(JSON.stringify({ type: 'version', schema: eventsSchemaId }));
  return {
    sink: (event) => write(JSON.stringify(event)),
    say: () => undefined,
    close: () => Promise.resolve(),
  };
}
