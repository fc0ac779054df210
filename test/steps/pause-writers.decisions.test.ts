import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Suspension } from '../../src/aws/scaling-gateway.js';
import type { RecordedIntent } from '../../src/pipeline/step.js';
import { createPauseWriters } from '../../src/steps/pause-writers.js';
import { FakeApplication } from '../fakes/fake-application.js';
import { cellsOf, recordedAs } from './decision-table.js';
import { openPausableWorlds, type PausableWorlds } from './pausable-world.js';
import { createStepIo } from './step-harness.js';

const application = { cluster: 'production-rag', service: 'rag' };
const server = { host: 'localhost', port: 5432, database: 'ragdb', user: 'master', secret: 'secret' };
const none: Suspension = { in: false, out: false, scheduled: false };
const all: Suspension = { in: true, out: true, scheduled: true };
const part: Suspension = { in: true, out: false, scheduled: false };
const recorded: Suspension = { in: false, out: false, scheduled: true };

const register = 'application-autoscaling:RegisterScalableTarget';
const update = 'ecs:UpdateService';
const alter = 'sql:ALTER DATABASE default_transaction_read_only';
const terminate = 'sql:pg_terminate_backend';

/** The calls that a step made itself, beyond what its journal held before. */
const madeBy = ({ journal }: ReturnType<typeof createStepIo>, earlier: readonly RecordedIntent[]) =>
  journal.slice(earlier.length).map(({ call }) => call);

/** The application alone; the database has been quiet all along. */
function openApplication(intents: readonly RecordedIntent[]) {
  const fake = new FakeApplication();
  const step = createPauseWriters({
    ...{ ecs: fake.ecs, scaling: fake.autoScaling, waits: fake.waits },
    database: {
      pause: () => Promise.resolve({ previousDefaultReadOnly: null, sessionsEnded: 0, lsn: '0/1' }),
      resume: () => Promise.resolve(),
      isPaused: () => Promise.resolve(true),
    },
  });
  const opened = createStepIo('law-000000', step.id, [...intents]);
  const input = { application, server };
  return {
    fake,
    run: async () => {
      const output = await step.run(opened.io, input);
      return { previous: output.application, made: madeBy(opened, intents) };
    },
    undo: async () => {
      if (step.reversal.kind !== 'undo') return expect.fail('no undo');
      await step.reversal.undo(opened.io, input, undefined);
      return madeBy(opened, intents);
    },
  };
}

describe('RegisterScalableTarget', () => {
  const scalings = {
    'nobody scales the service': undefined,
    'all is suspended': all,
    'nothing is suspended': none,
    'somebody has suspended a part': part,
  };
  const find = (fake: FakeApplication, found: keyof typeof scalings) => {
    const suspension = scalings[found];
    fake.scaling = suspension && { min: 1, max: 4, suspension };
  };
  const intent = { call: register, key: 'rag', before: { suspension: recorded } };

  test.each(
    cellsOf({
      'nobody scales the service': [null, null, null],
      'all is suspended': [null, recorded, recorded],
      'nothing is suspended': [none, recorded, recorded],
      'somebody has suspended a part': [part, recorded, recorded],
    }),
  )(
    'while %s, and the journal has %s: the pause gives %j as what was there before',
    async (found, journal, previous) => {
      const opened = openApplication(recordedAs(journal, intent));
      find(opened.fake, found);
      const outcome = await opened.run();
      expect(outcome.previous?.previousSuspension).toEqual(previous);
      const isToBeSuspended = found === 'nothing is suspended' || found === 'somebody has suspended a part';
      expect(outcome.made.includes(register)).toBe(isToBeSuspended);
      expect(opened.fake.scaling?.suspension).toEqual(scalings[found] && all);
    },
  );

  test.each(
    cellsOf({
      'nobody scales the service': [undefined, undefined, undefined],
      'all is suspended': [all, recorded, recorded],
      'nothing is suspended': [none, recorded, recorded],
      'somebody has suspended a part': [part, recorded, recorded],
    }),
  )('while %s, and the journal has %s: undo leaves %j', async (found, journal, left) => {
    const opened = openApplication(recordedAs(journal, intent));
    find(opened.fake, found);
    const made = await opened.undo();
    expect(opened.fake.scaling?.suspension).toEqual(left);
    expect(made).toEqual(left === scalings[found] ? [] : [register]);
  });

  test('undo of what is as before makes no call', async () => {
    const opened = openApplication(recordedAs('an effect', intent));
    opened.fake.scaling = { min: 1, max: 4, suspension: recorded };
    expect(await opened.undo()).toEqual([]);
  });
});

describe('UpdateService', () => {
  const counts = {
    'there is no service': undefined,
    'it has no tasks': 0,
    'it has 2 tasks': 2,
    'somebody wants 3': 3,
  };
  const intent = { call: update, key: 'rag', before: { desiredCount: 2 } };

  test.each(
    cellsOf<keyof typeof counts, number | string>({
      'there is no service': ['ServiceMissing', 'ServiceMissing', 'ServiceMissing'],
      'it has no tasks': [0, 2, 2],
      'it has 2 tasks': [2, 2, 2],
      'somebody wants 3': [3, 2, 2],
    }),
  )(
    'while %s, and the journal has %s: the pause gives %s as what was there before',
    async (found, journal, previous) => {
      const opened = openApplication(recordedAs(journal, intent));
      opened.fake.desiredCount = counts[found];
      opened.fake.scaling = undefined;
      if (typeof previous === 'string') {
        await expect(opened.run()).rejects.toMatchObject({ code: previous });
        expect(opened.fake.mutations).toEqual([]);
        return;
      }
      const outcome = await opened.run();
      expect(outcome.previous?.desiredCount).toBe(previous);
      expect(outcome.made).toEqual(counts[found] === 0 ? [] : [update]);
      expect(opened.fake.desiredCount).toBe(0);
    },
  );

  test.each(
    cellsOf({
      'there is no service': [undefined, undefined, undefined],
      'it has no tasks': [0, 2, 2],
      'it has 2 tasks': [2, 2, 2],
      'somebody wants 3': [3, 2, 2],
    }),
  )('while %s, and the journal has %s: undo leaves %s tasks', async (found, journal, left) => {
    const opened = openApplication(recordedAs(journal, intent));
    opened.fake.desiredCount = counts[found];
    opened.fake.scaling = undefined;
    const made = await opened.undo();
    expect(opened.fake.desiredCount).toBe(left);
    expect(made).toEqual(left === counts[found] ? [] : [update]);
  });
});

describe('on the database', () => {
  let worlds: PausableWorlds;
  beforeAll(async () => {
    worlds = await openPausableWorlds();
  });
  afterAll(() => worlds.close());

  const gone = 'the database is gone';
  const settings = { 'it is on': 'on', 'it is not set': null, 'it is off': 'off' };
  const intent = { call: alter, key: 'ragdb', before: { previousDefaultReadOnly: 'off' } };
  const inputFor = (found: string) => ({
    application: undefined,
    server: found === gone ? { ...worlds.ref, database: 'gone' } : worlds.ref,
  });
  const open = async (found: keyof typeof settings | typeof gone, intents: readonly RecordedIntent[]) => {
    const { step, snapshot, setReadOnly, connect } = await worlds.make();
    const before = found === gone ? null : settings[found];
    if (before !== null) await setReadOnly(before);
    const opened = createStepIo('law-000000', step.id, [...intents]);
    const undo = async (): Promise<void> => {
      if (step.reversal.kind === 'undo') await step.reversal.undo(opened.io, inputFor(found), undefined);
    };
    return {
      ...{ connect, before, undo },
      readSetting: async () => (await snapshot()).readOnly,
      run: async () => (await step.run(opened.io, inputFor(found))).database,
      made: () => madeBy(opened, intents),
    };
  };

  describe('ALTER DATABASE', () => {
    test.each(
      cellsOf({
        [gone]: ['DatabaseError', 'DatabaseError', 'DatabaseError'],
        'it is on': ['on', 'off', 'off'],
        'it is not set': [null, 'off', 'off'],
        'it is off': ['off', 'off', 'off'],
      }),
    )(
      'while %s, and the journal has %s: the pause gives %s as what was there before',
      async (found, journal, previous) => {
        const opened = await open(found, recordedAs(journal, intent));
        if (found === gone) {
          await expect(opened.run()).rejects.toMatchObject({ code: previous });
          expect(opened.made()).toEqual([]);
          return;
        }
        expect((await opened.run()).previousDefaultReadOnly).toBe(previous);
        expect(await opened.readSetting()).toBe('on');
        // Without an intent nobody would know later that it was on before.
        expect(opened.made()).toEqual(found === 'it is on' && journal !== 'no intent' ? [] : [alter]);
      },
    );

    test.each(
      cellsOf({
        [gone]: ['', 'DatabaseError', 'DatabaseError'],
        'it is on': ['on', 'off', 'off'],
        'it is not set': [null, 'off', 'off'],
        'it is off': ['off', 'off', 'off'],
      }),
    )('while %s, and the journal has %s: undo leaves %s', async (found, journal, left) => {
      const opened = await open(found, recordedAs(journal, intent));
      if (found === gone && left !== '') {
        await expect(opened.undo()).rejects.toMatchObject({ code: left });
        return;
      }
      await opened.undo();
      if (found !== gone) expect(await opened.readSetting()).toBe(left);
      expect(opened.made()).toEqual(found === gone || left === opened.before ? [] : [`${alter} back`]);
    });
  });

  describe('pg_terminate_backend', () => {
    const sessions = {
      'nobody is connected': [],
      'somebody is': ['somebody'],
      'this run itself is': ['own'],
    } as const;
    // A process that has ended already, in an attempt before.
    const ended = { call: terminate, key: 'ragdb', before: { sessions: [1] } };

    test.each(
      cellsOf({
        'nobody is connected': [0, 1, 1],
        'somebody is': [1, 2, 2],
        'this run itself is': [0, 1, 1],
      }),
    )('while %s, and the journal has %s: %i sessions have been ended', async (found, journal, count) => {
      const opened = await open('it is on', [intent, ...recordedAs(journal, ended)]);
      for (const who of sessions[found]) await opened.connect(who);
      expect((await opened.run()).sessionsEnded).toBe(count);
      expect(opened.made()).toEqual(found === 'somebody is' ? [terminate] : []);
    });
  });
});
