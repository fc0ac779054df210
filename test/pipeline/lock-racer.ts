// A program that tries to take the lock in FOLDER/<n> for each line <n> it is sent, and says whether it got it:
// node lock-racer.js FOLDER
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LockedError } from '../../src/errors.js';
import { realFiles } from '../../src/journal/files.js';
import { acquireLock } from '../../src/journal/lock.js';
import { identifyThisProcess } from '../../src/journal/process-identity.js';

const [folder = ''] = process.argv.slice(2);
const holder = { ...identifyThisProcess(), user: 'racer', command: 'race', run: 'race', since: '' };

process.stdout.write('ready\n');
// Stays alive, and so keeps its locks, until the parent closes its input.
createInterface({ input: process.stdin }).on('line', (n) => {
  process.stdout.write(`${race(n)}\n`);
});

function race(n: string): 'won' | 'lost' {
  try {
    acquireLock(join(folder, n), holder, realFiles);
    return 'won';
  } catch (error) {
    if (error instanceof LockedError) return 'lost';
    throw error;
  }
}
