// docs/exit-codes.md, from the one table of exit codes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../project.mjs';

export default async function generateExitCodes() {
  const module = join(root, 'dist', 'cli', 'exit-code-meanings.js');
  const { listExitCodes } = await import(pathToFileURL(module).href);
  const rows = listExitCodes().map(({ code, meaning, then }) => `| ${code} | ${meaning} | ${then} |`);
  const text = [
    '# Exit codes',
    '',
    'The same whether a command prints text or, with `--json`, its envelope. Written by `npm run generate`.',
    '',
    '| Code | Meaning | Then |',
    '| ---: | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  writeFileSync(join(root, 'docs', 'exit-codes.md'), text);
}
