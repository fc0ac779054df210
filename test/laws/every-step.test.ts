import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../src/cli/environment.js';
import type { MigrationSession } from '../../src/cli/migration-command.js';
import { finalizeSteps } from '../../src/composition/finalize-steps.js';
import { noChoices } from '../../src/composition/fresh-choices.js';
import { createReportWriter } from '../../src/composition/report-writer.js';
import { createShelf } from '../../src/composition/shelf.js';
import { lawConfig } from '../steps/data-law-inputs.js';
import { findLawSuites, readLawSuites } from './find-law-suites.js';
import { otherMakings } from './step-laws.js';

const session: MigrationSession = {
  ...{ config: lawConfig, written: lawConfig, directory: '/project', root: '/project/.rds2aurora' },
  ...{
    environment: readEnvironment({}),
    profile: undefined,
    command: '',
    words: '',
    toolVersion: '0',
  },
  now: () => new Date(0),
  signal: new AbortController().signal,
  ...{ emit: () => undefined, say: () => undefined, confirm: () => Promise.resolve() },
  afterwards: () => undefined,
};

const runId = 'law-000000';
const shelf = createShelf(session, {
  ...{ path: 'dump-restore', runId, run: undefined, choices: noChoices },
  reports: createReportWriter(undefined),
});
const final = finalizeSteps(session, runId, '/project/.rds2aurora/runs/law-000000');

/** What the laws of each step are called, and the step's id. */
const steps: readonly (readonly [laws: string, id: string])[] = [
  ...Object.entries(shelf).map(([key, step]) => [toKebab(key), step.id] as const),
  ...final.map(({ id }) => [id, id] as const),
];

function toKebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

describe('every step there is', () => {
  const suites = findLawSuites(join(import.meta.dirname, '..'));

  test.each(steps)('%s keeps the laws of steps, in a test of its own', (laws) => {
    expect(suites).toContain(laws);
  });

  test.each(steps)('%s stands on the shelf under the name of its id', (laws, id) => {
    expect(otherMakings[laws] ?? laws).toBe(id);
  });

  test('has laws of its own, however many there are of an id', () => {
    expect(new Set(steps.map(([laws]) => laws)).size).toBe(steps.length);
  });
});

test('what is commented out, or called otherwise, is no suite of laws', () => {
  const text = `
    // describeStepLaws('in-a-comment', make);
    /* describeStepLaws('in-another', make); */
    const text = "describeStepLaws('in-a-text', make)";
    describeLaws('of-another-kind', make);
    describeStepLaws('one, in a world', make);
    for (const world of worlds) describeStepLaws(\`two, in \${world}\`, make, { except: {} });
  `;
  expect(readLawSuites(text)).toEqual(['one', 'two']);
});
