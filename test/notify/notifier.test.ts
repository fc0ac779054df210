import { afterEach, describe, expect, it } from 'vitest';
import type { Channel, Notice } from '../../src/notify/notice.js';
import { createNotifier, type NotifierOptions } from '../../src/notify/notifier.js';
import { createWebhook } from '../../src/notify/webhook.js';
import { noticeOf } from './notices.js';
import { startWebhookServer, type WebhookServer } from './webhook-server.js';

let server: WebhookServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Timers that go off when the test says so. */
function handClock() {
  const timers = new Map<() => void, number>();
  return {
    after: (ms: number, then: () => void) => {
      timers.set(then, ms);
      return () => void timers.delete(then);
    },
    open: () => [...timers.values()],
    ring: (ms: number) => {
      for (const [then, due] of [...timers]) {
        if (due !== ms) continue;
        timers.delete(then);
        then();
      }
    },
  };
}

function notifierOf(changes: Partial<NotifierOptions>) {
  const problems: string[] = [];
  const clock = handClock();
  const notifier = createNotifier({
    channels: [],
    secrets: [],
    listSecrets: () => Promise.resolve([]),
    onProblem: (channel, why) => problems.push(`${channel}: ${why}`),
    after: clock.after,
    ...changes,
  });
  return { notifier, problems, clock };
}

function recorder(name = 'recorder') {
  const seen: Notice[] = [];
  const channel: Channel = {
    name,
    send: (notice) => {
      seen.push(notice);
      return Promise.resolve();
    },
  };
  return { channel, seen };
}

describe('a notifier', () => {
  it('gives every channel its notices in order, and leaves no timer behind', async () => {
    const [left, right] = [recorder(), recorder()];
    const { notifier, problems, clock } = notifierOf({ channels: [left.channel, right.channel] });
    notifier.notify(noticeOf({ event: 'started' }));
    notifier.notify(noticeOf({ event: 'finished' }));
    await notifier.settle();
    for (const { seen } of [left, right])
      expect(seen.map(({ event }) => event)).toEqual(['started', 'finished']);
    expect([problems, clock.open()]).toEqual([[], []]);
  });

  it('cuts a server that never answers after five seconds, and tells the next one all the same', async () => {
    let requests = 0;
    let arrived = (): void => undefined;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    server = await startWebhookServer((response) => {
      requests += 1;
      if (requests === 1) arrived();
      else response.end('ok');
    });
    const { notifier, problems, clock } = notifierOf({ channels: [createWebhook(server)] });
    notifier.notify(noticeOf({ event: 'started' }));
    notifier.notify(noticeOf({ event: 'finished' }));
    await arrival;
    expect(clock.open()).toEqual([5000]);
    clock.ring(5000);
    await notifier.settle();
    expect(problems).toEqual(['webhook: no end within 5 s']);
    expect(requests).toBe(2);
  });

  it('waits for the last notices no longer than five seconds in all', async () => {
    const deaf: Channel = { name: 'deaf', send: () => new Promise(() => undefined) };
    const { notifier, problems, clock } = notifierOf({ channels: [deaf] });
    for (const event of ['started', 'failed'] as const) notifier.notify(noticeOf({ event }));
    const settled = notifier.settle();
    clock.ring(5000);
    await settled;
    expect(problems).toHaveLength(2);
    expect(problems[1]).toBe('deaf: not delivered when the command ended');
  });

  it('takes secrets out of every text, those that it has to ask for too', async () => {
    const { channel, seen } = recorder();
    const { notifier } = notifierOf({
      channels: [channel],
      secrets: ['tok3n-of-the-shell'],
      listSecrets: () => Promise.resolve(['pa55word']),
    });
    notifier.notify(
      noticeOf({
        text: 'failed with tok3n-of-the-shell',
        detail: 'password pa55word of tok3n-of-the-shell is wrong',
        next: ['psql pa55word'],
      }),
    );
    await notifier.settle();
    expect(JSON.stringify(seen)).not.toMatch(/pa55word|tok3n/);
    expect(seen[0]).toMatchObject({ detail: 'password *** of *** is wrong', next: ['psql ***'] });
  });

  it.each([
    ['cannot be read', () => Promise.reject(new Error('AccessDenied'))],
    ['are not read in time', () => new Promise<never>(() => undefined)],
  ])('leaves out what an error says when the secrets %s', async (_when, listSecrets) => {
    const { channel, seen } = recorder();
    let waiting = (): void => undefined;
    const asked = new Promise<void>((resolve) => (waiting = resolve));
    const clock = handClock();
    const { notifier } = notifierOf({
      channels: [channel],
      listSecrets,
      after: (ms, then) => {
        if (ms === 2500) waiting();
        return clock.after(ms, then);
      },
    });
    notifier.notify(noticeOf({ detail: 'password pa55word is wrong' }));
    await asked;
    clock.ring(2500);
    await notifier.settle();
    expect(seen.map(({ text, detail }) => [text, detail])).toEqual([['rag-a1b2c3 has failed', null]]);
  });

  it('says what went wrong without secrets, and goes on', async () => {
    const broken: Channel = { name: 'broken', send: () => Promise.reject(new Error('no route to tok3n')) };
    const { notifier, problems } = notifierOf({ channels: [broken], secrets: ['tok3n'] });
    notifier.notify(noticeOf());
    await notifier.settle();
    expect(problems).toEqual(['broken: no route to ***']);
  });
});
