import { Flags } from '@oclif/core';
import { BaseCommand, type Outcome } from '../../cli/base-command.js';
import { listenForInterrupt } from '../../cli/interrupt.js';
import { MigrationError } from '../../errors.js';
import { findFaults, renderDemo, type DemoResult } from '../../sandbox/demo/demo-result.js';
import { DemoFailedError, runDemo } from '../../sandbox/demo/run-demo.js';

/** The whole story in one command. */
export default class SandboxDemo extends BaseCommand<DemoResult> {
  static override summary =
    'Watch a RAG database move from RDS to Aurora in a local AWS, from nothing, in one command';
  static override flags = {
    speed: Flags.integer({ description: 'how many times faster than AWS', default: 60, min: 1 }),
    size: Flags.integer({ description: 'size of the scenario; 1 is 1,000 chunks', default: 1, min: 1 }),
  };

  protected override async perform(): Promise<Outcome<DemoResult>> {
    const { flags } = await this.parse(SandboxDemo);
    const log = (line: string): void => this.printMessage(line);
    const interrupt = listenForInterrupt({
      resume: () => undefined,
      say: () => log('stopping and cleaning up'),
      // A second Ctrl-C must not leave servers behind.
      host: { on: process.on.bind(process), off: process.off.bind(process), exit: () => undefined },
    });
    try {
      const { variables: environment } = this.environment;
      const { speed, size: scale } = flags;
      const result = await runDemo({ speed, scale, log, environment, signal: interrupt.signal });
      return { result, text: () => renderDemo(result), failure: failureOf(result) };
    } catch (error) {
      if (!(error instanceof DemoFailedError)) throw error;
      throw new MigrationError('DemoFailed', error.message, { next: ['rds2aurora sandbox demo'] });
    } finally {
      interrupt.dispose();
    }
  }
}

function failureOf(result: DemoResult): MigrationError | undefined {
  const faults = findFaults(result);
  return faults.length === 0 ? undefined : new MigrationError('DemoFailed', faults.join('; '));
}
