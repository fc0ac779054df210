import { exit } from 'node:process';

/** The only place that ends the process outright: after a second Ctrl-C, a crash, or when something holds it up. */
export function endProcess(code: number): void {
  exit(code);
}
