// schemas/*.schema.json: of the configuration, for editors; of what `--json` prints and of event files, for scripts.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../project.mjs';

export default async function generateSchemas() {
  const module = join(root, 'dist', 'cli', 'output-schemas.js');
  const { createJsonSchemas } = await import(pathToFileURL(module).href);
  for (const [name, schema] of createJsonSchemas()) {
    writeFileSync(join(root, 'schemas', `${name}.schema.json`), `${JSON.stringify(schema, undefined, 2)}\n`);
  }
}
