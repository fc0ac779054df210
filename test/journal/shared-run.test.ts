import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { JournalError, LockedError, MigrationError } from '../../src/errors.js';
import { identifyThisProcess } from '../../src/journal/process-identity.js';
import { findPrunable } from '../../src/journal/prunable.js';
import { readJournal } from '../../src/journal/read.js';
import {
  createRun,
  inspectRunLock,
  openRun,
  pullSharedRuns,
  unlockRun,
  type OpenRun,
  type RunDeps,
} from '../../src/journal/run.js';
import { getRun, listRuns } from '../../src/journal/runs.js';
import { acquireSharedLock } from '../../src/journal/shared-lock.js';
import { MemoryStore } from '../fakes/memory-store.js';
import { runDeps, temporaryFolder } from '../pipeline/harness.js';

const steps = [{ id: 'make-one', title: 'Make one' }];
const id = 'rag-iiiiii';
const leaseSeconds = 60;

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});

/** A machine of its own: a folder, and no sight of the processes of others. */
function machine(more: Partial<RunDeps> = {}): RunDeps {
  return runDeps(temporaryFolder(), { shared: { store, leaseSeconds }, probe: () => 'unknown', ...more });
}

function begin(deps: RunDeps): OpenRun {
  const plan = { name: 'rag', path: 'toy', steps, config: {}, source: 'here/rag-db', target: 'there' };
  return createRun(deps, plan, () => 0.5);
}

function start(run: OpenRun, attempt: number): void {
  run.journal.append({ type: 'started', step: 'make-one', attempt });
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

const journalOf = (deps: RunDeps): string => join(deps.root, 'runs', id, 'journal.jsonl');
const textOf = (deps: RunDeps): string => readFileSync(journalOf(deps), 'utf8');

test('a run that was begun on one machine goes on on another, and back', () => {
  const [here, there] = [machine(), machine()];
  const first = begin(here);
  start(first, 1);
  writeFileSync(join(first.directory, 'fingerprint.json'), 'found');
  start(first, 2);
  first.close();

  const second = openRun(there);
  expect(second.state().steps[0]?.attempts).toBe(2);
  expect(readFileSync(join(second.directory, 'fingerprint.json'), 'utf8')).toBe('found');
  start(second, 3);
  second.close();

  const third = openRun(here, id);
  expect([first.epoch, second.epoch, third.epoch]).toEqual([1, 2, 3]);
  expect(third.state().steps[0]?.attempts).toBe(3);
  expect(textOf(here)).toBe(textOf(there));
  third.close();
});

test('while a run is open on one machine, another is told by whom, for the run and for its source', () => {
  const [here, there] = [machine(), machine({ command: 'rds2aurora resume' })];
  const run = begin(here);
  for (const act of [() => openRun(there), () => begin(there)]) {
    const error = caught(act);
    expect(error).toBeInstanceOf(LockedError);
    expect(error.message).toContain(`run ${id} is held by`);
    expect(error.message).toContain('rds2aurora test');
  }
  expect(inspectRunLock(there.root, id, there.probe, there.shared)).toMatchObject({ liveness: 'unknown' });
  run.close();
  openRun(there).close();
  expect(inspectRunLock(here.root, id, here.probe, here.shared)).toBeUndefined();
});

test('a writer that was paused beyond its lease is fenced at its next write', () => {
  const [here, there] = [machine(), machine()];
  const paused = begin(here);
  store.sleep(leaseSeconds + 3);
  const other = openRun(there);
  expect(other.journal.records.map((record) => record.type)).toEqual(['run-created', 'taken-over']);
  expect(caught(() => start(paused, 1))).toMatchObject({ code: 'LockLost', exitCode: 7 });
  expect(caught(() => paused.assertHeld())).toMatchObject({ code: 'LockLost' });
  expect(readJournal(journalOf(here)).records).toHaveLength(1);
  start(other, 2);
  paused.close();
  other.assertHeld();
  other.close();
});

test('one who overtook it and could not go on leaves it to the next to close the journal', () => {
  const [here, there] = [machine(), machine()];
  const paused = begin(here);
  store.sleep(leaseSeconds + 3);
  const [sourceLock = ''] = store.list('locks/');
  const holder = { ...identifyThisProcess(), user: 'carol', command: 'race', run: 'rag-other', since: '' };
  const ofSource = acquireSharedLock(sourceLock, holder, { store, leaseSeconds, probe: () => 'unknown' });
  expect(caught(() => openRun(there)).message).toContain('rag-other');
  ofSource.release();
  const other = openRun(there);
  expect(other.journal.records.map(({ type }) => type)).toEqual(['run-created', 'taken-over']);
  other.close();
  expect(openRun(there).journal.records).toHaveLength(2);
  expect(caught(() => start(paused, 1))).toMatchObject({ exitCode: 7 });
});

test('a record that somebody else has written meanwhile ends the writer, even if its lock seems its own', () => {
  const here = machine();
  const run = begin(here);
  store.create(`runs/${id}/journal/000000000002.json`, Buffer.from('of another'));
  expect(caught(() => start(run, 1))).toMatchObject({ code: 'JournalTaken', exitCode: 7 });
  expect(readJournal(journalOf(here)).records).toHaveLength(1);
});

/** What is done in the place of the next creation of an object: the process is stopped before it, or long away. */
function instead(act: (create: () => boolean) => boolean): void {
  const { create } = store;
  store.create = (key, bytes) => {
    store.create = create;
    return act(() => store.create(key, bytes));
  };
}

test('a writer that was stopped just before its record reached the store comes too late', () => {
  const [here, there] = [machine(), machine()];
  const paused = begin(here);
  instead((create) => {
    store.sleep(leaseSeconds + 3);
    openRun(there).close();
    return create();
  });
  expect(caught(() => start(paused, 1))).toMatchObject({ code: 'JournalTaken', exitCode: 7 });
  expect(readJournal(journalOf(here)).records).toHaveLength(1);
  expect(readJournal(journalOf(there)).records.map(({ type }) => type)).toEqual([
    'run-created',
    'taken-over',
  ]);
});

test('one whose record got there first is fenced behind it, and the record belongs to the run', () => {
  const [here, there] = [machine(), machine()];
  const paused = begin(here);
  instead((createOurs) => {
    store.sleep(leaseSeconds + 3);
    instead((createTheirs) => createOurs() && createTheirs());
    const other = openRun(there);
    expect(other.journal.records.map(({ type }) => type)).toEqual(['run-created', 'started', 'taken-over']);
    other.close();
    return true;
  });
  expect(caught(() => start(paused, 1))).toMatchObject({ code: 'LockLost', exitCode: 7 });
  expect(textOf(there).startsWith(textOf(here))).toBe(true);
});

test('a run that cannot be reached by its lock is freed by force, and its holder fenced', () => {
  const [here, there] = [machine(), machine()];
  const run = begin(here);
  pullSharedRuns(there);
  expect(caught(() => unlockRun(there, id, false))).toBeInstanceOf(LockedError);
  expect(unlockRun(there, id, true)).toBe(true);
  const other = openRun(there);
  start(other, 1);
  expect(caught(() => start(run, 1))).toMatchObject({ code: 'JournalTaken' });
  other.close();
});

test('reading brings runs here without taking them from whoever works on them', () => {
  const [here, there] = [machine(), machine()];
  const run = begin(here);
  pullSharedRuns(there);
  expect(getRun(there.root).state.seq).toBe(1);
  start(run, 1);
  pullSharedRuns(there);
  pullSharedRuns(here);
  expect(getRun(there.root).state.seq).toBe(2);
  start(run, 2);
  run.close();
  expect(statSync(journalOf(there)).mode & 0o777).toBe(0o600);
});

test('a journal that lost its last lines here is made whole from the store', () => {
  const here = machine();
  const run = begin(here);
  const [before] = [textOf(here).length];
  start(run, 1);
  run.close();
  truncateSync(journalOf(here), before);
  expect(listRuns(here.root)[0]?.problem?.message).toContain('line 2 is missing');
  openRun(here, id).close();
  expect(getRun(here.root).state.seq).toBe(2);
});

test('a line that a crash cut off here is completed from the store', () => {
  const here = machine();
  const run = begin(here);
  start(run, 1);
  run.close();
  truncateSync(journalOf(here), textOf(here).length - 10);
  const again = openRun(here);
  expect([again.warnings, again.state().seq]).toEqual([[], 2]);
  again.close();
});

test('what the store has lost is refused, on every machine', () => {
  const [here, there] = [machine(), machine()];
  const run = begin(here);
  start(run, 1);
  start(run, 2);
  run.close();
  store.kept.delete(`runs/${id}/journal/000000000003.json`);
  expect(caught(() => openRun(here))).toMatchObject({ code: 'JournalDamaged' });
  store.kept.delete(`runs/${id}/journal/000000000001.json`);
  expect(caught(() => openRun(there)).message).toContain(
    'record 1 is missing in s3://memory/rds2aurora/runs',
  );
});

test('a journal that is not the one in the store is refused, and other runs can still be read', () => {
  const [here, there] = [machine(), machine()];
  begin(here).close();
  store.put(`runs/${id}/journal/000000000001.json`, Buffer.from(textOf(here).replace('here', 'HERE')));
  expect(caught(() => openRun(here))).toMatchObject({ code: 'JournalDiverged' });
  store.create('runs/other/journal/000000000001.json', Buffer.from('{}\n'));
  store.create('runs/../journal/000000000001.json', Buffer.from('{}\n'));
  pullSharedRuns(there);
  expect(listRuns(there.root)).toEqual([]);
});

test('a run that was begun before its state was shared is carried to the store when it goes on', () => {
  const here = machine();
  const { shared: _shared, ...alone } = here;
  const run = begin(alone);
  writeFileSync(join(run.directory, 'fingerprint.json'), 'found');
  start(run, 1);
  run.close();
  pullSharedRuns(here);
  expect(store.list('runs/')).toEqual([]);
  openRun(here).close();
  const there = machine();
  const other = openRun(there);
  expect(other.state().seq).toBe(2);
  expect(readFileSync(join(other.directory, 'fingerprint.json'), 'utf8')).toBe('found');
  other.close();
});

test('a run whose state is shared is not gone on with apart from it', () => {
  const here = machine();
  begin(here).close();
  const { shared: _shared, ...alone } = here;
  const error = caught(() => openRun(alone));
  expect(error).toBeInstanceOf(JournalError);
  expect(error).toMatchObject({ code: 'RunIsShared', next: [expect.stringContaining(store.name)] });
  const elsewhere = {
    ...here,
    shared: { store: Object.assign(new MemoryStore(), { name: 's3://x' }), leaseSeconds },
  };
  expect(caught(() => openRun(elsewhere))).toMatchObject({ code: 'RunIsShared' });
});

test('of the files, those of the newest holder count, and a former one overwrites nothing', () => {
  const [here, there] = [machine(), machine()];
  const first = begin(here);
  writeFileSync(join(first.directory, 'stack.json'), 'old');
  writeFileSync(join(first.directory, 'journal.reserve'), 'not shared');
  writeFileSync(join(first.directory, 'stack.json.draft'), 'not shared');
  start(first, 1);
  store.sleep(leaseSeconds + 3);
  const second = openRun(there);
  start(second, 2);
  // The first one's upload was under way while it lost the run.
  store.put(`runs/${id}/files/000001/stack.json`, Buffer.from('late'));
  second.close();
  const third = openRun(machine());
  expect(readFileSync(join(third.directory, 'stack.json'), 'utf8')).toBe('old');
  expect(store.list(`runs/${id}/files/`)).toEqual([
    `runs/${id}/files/000001/stack.json`,
    `runs/${id}/files/000002/stack.json`,
  ]);
  third.close();
});

test('a file of the store that no run has written is not brought here', () => {
  const here = machine();
  begin(here).close();
  for (const name of ['journal.jsonl', '../escape.json', '.hidden', 'lock'])
    store.put(`runs/${id}/files/000009/${name}`, Buffer.from('x'));
  const before = textOf(here);
  openRun(here).close();
  expect(textOf(here)).toBe(before);
});

test('a shared run is not pruned, since others may need it', () => {
  const here = machine();
  begin(here).close();
  const { runs, kept } = findPrunable(here.root, { finished: true, olderThanMs: 0 }, new Date());
  expect(runs).toEqual([]);
  expect(kept[0]?.because).toContain(`remove ${store.name}/runs/${id}/`);
});

test('a folder that was removed here comes back from the store', () => {
  const here = machine();
  const run = begin(here);
  start(run, 1);
  run.close();
  rmSync(run.directory, { recursive: true });
  const again = openRun(here);
  start(again, 2);
  expect(again.state().seq).toBe(3);
  again.close();
});
