import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LockedError, MigrationError } from '../../src/errors.js';
import { realFiles } from '../../src/journal/files.js';
import {
  createRun,
  inspectRunLock,
  openRun,
  unlockRun,
  type OpenRun,
  type RunDeps,
} from '../../src/journal/run.js';
import { directoryOfRun, getRun, listRuns, makeRunId } from '../../src/journal/runs.js';
import { runDeps, temporaryFolder } from '../pipeline/harness.js';
import { faultyFiles, plantSample, systemError } from './samples.js';

const steps = [{ id: 'make-one', title: 'Make one' }];

/** A random source that gives a different id each time. */
function begin(deps: RunDeps, random: number, more: Partial<Parameters<typeof createRun>[1]> = {}): OpenRun {
  const plan = {
    name: 'rag',
    path: 'toy',
    steps,
    config: { a: 1 },
    source: 'here/rag-db',
    target: 'there',
    ...more,
  };
  return createRun(deps, plan, () => random);
}

function caught(act: () => unknown): MigrationError {
  try {
    act();
  } catch (error) {
    if (error instanceof MigrationError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('a run id is the name and six characters made of the given randomness', () => {
  let n = 0;
  expect(makeRunId('rag', () => (n++ % 36) / 36)).toBe('rag-012345');
  expect(makeRunId('rag', () => 0.999999)).toBe('rag-zzzzzz');
});

test('a run lies in a folder for its owner alone', () => {
  const root = join(temporaryFolder(), '.rds2aurora');
  const run = begin(runDeps(root), 0.5);
  run.close();
  for (const folder of [root, join(root, 'runs'), run.directory])
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(run.directory).sort()).toEqual([
    'journal.jsonl',
    'journal.reserve',
    'journal.witness',
    'lock',
  ]);
});

test('the header says what the run is', () => {
  const run = begin(runDeps(temporaryFolder()), 0.5);
  expect(run.state()).toMatchObject({
    run: 'rag-iiiiii',
    outcome: 'unfinished',
    header: {
      path: 'toy',
      steps,
      config: { a: 1 },
      source: 'here/rag-db',
      target: 'there',
      toolVersion: '0.1.0',
      format: 1,
      witness: true,
    },
  });
  run.close();
  run.close();
});

test('while a run is open nobody else may open it, nor work on its source', () => {
  const root = temporaryFolder();
  const deps = runDeps(root);
  const run = begin(deps, 0.5);
  expect(caught(() => openRun(deps))).toBeInstanceOf(LockedError);
  expect(caught(() => begin(deps, 0.1))).toMatchObject({ exitCode: 7 });
  const other = begin(deps, 0.2, { source: 'here/other-db' });
  other.close();
  run.close();
  begin(deps, 0.3).close();
  expect(listRuns(root)).toHaveLength(3);
});

test('opening a run whose source is in use gives its own lock back', () => {
  const root = temporaryFolder();
  const deps = runDeps(root);
  begin(deps, 0.5).close();
  const busy = begin(deps, 0.1);
  expect(caught(() => openRun(deps, 'rag-iiiiii'))).toBeInstanceOf(LockedError);
  expect(inspectRunLock(root, 'rag-iiiiii')).toBeUndefined();
  busy.close();
  openRun(deps, 'rag-iiiiii').close();
});

test('a run left by a dead process is taken over, in a higher epoch', () => {
  const root = temporaryFolder();
  begin(runDeps(root), 0.5).journal.close();
  const run = openRun(runDeps(root, { probe: () => 'dead' }));
  expect(run.epoch).toBe(2);
  run.close();
});

test('who holds a run can be asked, and a dead holder is unlocked without force', () => {
  const root = temporaryFolder();
  const deps = runDeps(root);
  begin(deps, 0.5).journal.close();
  expect(inspectRunLock(root)).toMatchObject({
    liveness: 'alive',
    holder: { run: 'rag-iiiiii', command: 'rds2aurora test' },
  });
  expect(caught(() => unlockRun(deps, undefined, true))).toBeInstanceOf(LockedError);
  expect(unlockRun({ ...deps, probe: () => 'dead' }, undefined, false)).toBe(true);
  expect(unlockRun(deps, undefined, false)).toBe(false);
  openRun(deps).close();
});

test('unlocking a run leaves the lock that another run has on the same source', () => {
  const root = temporaryFolder();
  const deps = runDeps(root);
  begin(deps, 0.5).close();
  const busy = begin(deps, 0.1);
  expect(unlockRun({ ...deps, probe: () => 'dead' }, 'rag-iiiiii', true)).toBe(false);
  busy.journal.append({ type: 'finished' });
  busy.close();
});

test('a holder on another machine is unlocked by force alone', () => {
  const root = temporaryFolder();
  const deps = { ...runDeps(root), probe: () => 'unknown' as const };
  begin(deps, 0.5).journal.close();
  expect(caught(() => unlockRun(deps, 'rag', false))).toBeInstanceOf(LockedError);
  expect(unlockRun(deps, 'rag', true)).toBe(true);
});

test('a process whose lock was broken writes no further record', () => {
  const root = temporaryFolder();
  const run = begin(runDeps(root), 0.5);
  unlockRun({ ...runDeps(root), probe: () => 'dead' }, undefined, false);
  const { length } = run.journal.records;
  expect(caught(() => run.journal.append({ type: 'finished' }))).toMatchObject({
    code: 'LockLost',
    exitCode: 7,
  });
  expect(getRun(root).state.seq).toBe(length);
  run.close();
});

test('a run that could not write its header holds no lock and is not listed', () => {
  const root = temporaryFolder();
  for (const failing of [1, 2, 3, 4]) {
    const full = faultyFiles('writeSync', (n) => {
      if (n === failing) throw systemError('ENOSPC');
    });
    const error = caught(() => begin(runDeps(root, { files: full }), failing / 10));
    expect(error).toMatchObject({ code: 'DiskFull', exitCode: 9 });
    expect(listRuns(root)).toEqual([]);
  }
  begin(runDeps(root), 0.9).close();
});

test('a journal that was moved to the folder of another run is refused', () => {
  const root = temporaryFolder();
  const directory = plantSample(root);
  realFiles.renameSync(directory, directoryOfRun(root, 'rag-000000'));
  expect(caught(() => openRun(runDeps(root), 'rag-000000'))).toMatchObject({ code: 'JournalElsewhere' });
  expect(inspectRunLock(root, 'rag-000000')).toBeUndefined();
});

test('runs are found by id, by the beginning of it, by their random part, or as the newest', () => {
  const root = temporaryFolder();
  const deps = runDeps(root);
  for (const random of [0.1, 0.5, 0.9]) begin(deps, random).close();
  begin(deps, 0.7, { name: 'shop' }).close();
  expect(listRuns(root).map((run) => run.id)).toEqual([
    'shop-pppppp',
    'rag-wwwwww',
    'rag-iiiiii',
    'rag-333333',
  ]);
  for (const wanted of ['rag-iiiiii', 'rag-i', 'ii']) expect(getRun(root, wanted).id).toBe('rag-iiiiii');
  expect(getRun(root).id).toBe('shop-pppppp');
  expect(caught(() => getRun(root, 'rag'))).toMatchObject({ code: 'AmbiguousRun', exitCode: 2 });
  const missing = caught(() => getRun(root, 'nope'));
  expect(missing).toMatchObject({ code: 'NoSuchRun' });
  expect(missing.next).toContain('rds2aurora status rag-iiiiii');
});

test('where no run is yet, that is what is said', () => {
  expect(caught(() => getRun(temporaryFolder()))).toMatchObject({
    message: 'there is no run here yet',
    exitCode: 2,
  });
});

test('a run with a damaged journal is listed with its problem and cannot be opened', () => {
  const root = temporaryFolder();
  const directory = plantSample(root);
  writeFileSync(join(directory, 'journal.jsonl'), 'junk\n');
  expect(listRuns(root)).toMatchObject([{ id: 'rag-iiiiii', problem: { code: 'JournalDamaged' } }]);
  expect(caught(() => openRun(runDeps(root)))).toMatchObject({ code: 'JournalDamaged' });
});

test('a run whose journal has lost safe lines, or its witness, is not gone on with', () => {
  const root = temporaryFolder();
  const run = begin(runDeps(root), 0.5);
  run.journal.append({ type: 'started', step: 'make-one', attempt: 1 });
  run.close();
  const [journal, witness] = ['journal.jsonl', 'journal.witness'].map((name) => join(run.directory, name));
  const whole = readFileSync(journal!, 'utf8');
  const [first = ''] = whole.split('\n');
  for (const [left, cause] of [
    [`${first}\n`, 'line 2 is missing: 2 lines were safe, 1 are there'],
    ['', 'line 1 is missing: 2 lines were safe, 0 are there'],
  ] as const) {
    writeFileSync(journal!, left);
    const error = caught(() => openRun(runDeps(root)));
    expect(error).toMatchObject({ code: 'JournalDamaged', exitCode: 1 });
    expect(error.message).toContain(cause);
    expect(listRuns(root)).toMatchObject([{ problem: { code: 'JournalDamaged' } }]);
    expect(readFileSync(journal!, 'utf8')).toBe(left);
  }
  rmSync(journal!);
  expect(caught(() => openRun(runDeps(root)))).toMatchObject({ code: 'JournalDamaged' });
  writeFileSync(journal!, whole);
  rmSync(witness!);
  expect(caught(() => openRun(runDeps(root))).message).toContain('journal.witness is missing');
});

test('a run that was begun before there were witnesses has one once it is gone on with', () => {
  const root = temporaryFolder();
  const directory = plantSample(root);
  const run = openRun(runDeps(root), 'rag-iiiiii');
  const { length } = run.journal.records;
  run.close();
  const file = join(directory, 'journal.jsonl');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(0, -1);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  expect(caught(() => openRun(runDeps(root))).message).toContain(`line ${length} is missing`);
});

test('an error of the disk is not taken for the absence of runs', () => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'runs'), '');
  expect(() => listRuns(root)).toThrow(/ENOTDIR/);
  const other = temporaryFolder();
  mkdirSync(join(other, 'runs', 'rag-iiiiii', 'journal.jsonl'), { recursive: true });
  expect(() => listRuns(other)).toThrow(/EISDIR/);
});

test('looking at runs leaves no trace', () => {
  const root = temporaryFolder();
  listRuns(root);
  expect(existsSync(join(root, 'runs'))).toBe(false);
});
