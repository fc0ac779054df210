// A program that tries to take one lock after another and prints the numbers of those it got:
// node lock-racer.js FOLDER FIRST LAST
import { join } from 'node:path';
import { LockedError } from '../../src/errors.js';
import { realFiles } from '../../src/journal/files.js';
import { acquireLock } from '../../src/journal/lock.js';
import { identifyThisProcess } from '../../src/journal/process-identity.js';

const [folder = '', first = '', last = ''] = process.argv.slice(2);
const holder = { ...identifyThisProcess(), user: 'racer', command: 'race', run: 'race', since: '' };

process.stdout.write('ready\n');
// All racers start at the same line: the parent's.
process.stdin.once('data', () => {
  const won: number[] = [];
  for (let n = Number(first); n <= Number(last); n += 1) {
    try {
      acquireLock(join(folder, String(n)), holder, realFiles);
      won.push(n);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
    }
  }
  process.stdout.write(`${JSON.stringify(won)}\n`);
});
// Stays alive, and so keeps its locks, until the parent closes its input.
