import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { identifyThisProcess } from '../../src/journal/process-identity.js';
import { compileForChildren } from '../pipeline/compile-for-children.js';
import { temporaryFolder } from '../pipeline/harness.js';

const races = process.env['CAMPAIGN'] === 'full' ? 10_000 : 600;
const racers = 4;

interface Racer {
  readonly child: ChildProcess;
  next(): Promise<string>;
}

function startRacer(program: string, folder: string): Racer {
  const child = spawn(process.execPath, [program, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, next: async () => String((await lines.next()).value) };
}

test(
  `of ${racers} processes exactly one takes each of ${races} locks that a dead process left`,
  { timeout: 300_000 },
  async () => {
    const folder = temporaryFolder();
    const dead = {
      ...identifyThisProcess(),
      startedAt: 'never',
      user: 'ghost',
      command: 'gone',
      run: 'race',
      since: '',
    };
    for (let n = 1; n <= races; n += 1) {
      mkdirSync(join(folder, String(n)));
      // Every third lock is free instead, so that the first taking is raced for, too.
      if (n % 3 === 0) continue;
      writeFileSync(join(folder, String(n), '000001.json'), JSON.stringify({ state: 'held', ...dead }));
    }
    const { program, remove } = compileForChildren('test/pipeline/lock-racer.ts');
    onTestFinished(remove);
    const all = Array.from({ length: racers }, () => startRacer(program, folder));
    for (const racer of all) expect(await racer.next()).toBe('ready');

    const winners: number[] = [];
    for (let n = 1; n <= races; n += 1) {
      for (const { child } of all) child.stdin?.write(`${n}\n`);
      const results = await Promise.all(all.map((racer) => racer.next()));
      expect([...results].sort(), `race ${n}`).toEqual(['lost', 'lost', 'lost', 'won']);
      winners.push(results.indexOf('won'));
    }
    expect(new Set(winners).size, 'racers that ever won').toBeGreaterThan(1);
  },
);
