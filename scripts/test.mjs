// Runs the tests and ends with one line of counts. Arguments go to vitest; --campaign runs test/campaigns and test/e2e in full.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root } from './project.mjs';
import { countLine, countTests } from './test-counts.mjs';

const require = createRequire(import.meta.url);
const vitest = join(require.resolve('vitest/package.json'), '..', 'vitest.mjs');

const given = process.argv.slice(2);
const campaign = given.includes('--campaign');
const rest = given.filter((argument) => argument !== '--campaign');
const paths = campaign && rest.length === 0 ? ['test/campaigns', 'test/e2e', 'aws-cli'] : rest;

const folder = mkdtempSync(join(tmpdir(), 'rds2aurora-test-'));
const file = join(folder, 'results.json');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...paths],
  {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...(campaign ? { CAMPAIGN: 'full' } : {}) },
  },
);

let report;
try {
  report = JSON.parse(readFileSync(file, 'utf8'));
} catch {
  console.log('The test run ended without a report.');
}
rmSync(folder, { recursive: true, force: true });

const counts = countTests(report, status);
for (const { name, file: path } of counts.skippedTests) {
  console.log(`SKIPPED: ${relative(root, path)}: ${name}`);
}
for (const problem of counts.problems) console.log(`FAILED: ${problem}`);
console.log(countLine(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;
