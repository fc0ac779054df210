import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { listenForInterrupt } from '../../src/cli/interrupt.js';
import { InterruptedError } from '../../src/errors.js';

function listen(resume?: string) {
  const process = new EventEmitter();
  const exits: number[] = [];
  const said: string[] = [];
  const interrupt = listenForInterrupt({
    resume: () => resume,
    say: (line) => said.push(line),
    host: {
      on: (signal, listener) => process.on(signal, listener),
      off: (signal, listener) => process.off(signal, listener),
      exit: (code) => exits.push(code),
    },
  });
  return { process, exits, said, interrupt };
}

describe('listening for signals', () => {
  it('asks the run to stop at the first Ctrl-C, and says so at once with the way on', () => {
    const { process, exits, said, interrupt } = listen('rds2aurora resume rag-a1b2c3');
    process.emit('SIGINT');
    expect(interrupt.signal.aborted).toBe(true);
    expect(interrupt.signal.reason).toBeInstanceOf(InterruptedError);
    expect(interrupt.signal.reason).toMatchObject({ exitCode: 130, resumable: true });
    expect(exits).toEqual([]);
    expect(said).toEqual([
      'stopping after the current call; AWS keeps working; resume with: rds2aurora resume rag-a1b2c3 (Ctrl-C again: stop at once)',
    ]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('ends the process at once when %s comes second', (second, code) => {
    const { process, exits } = listen();
    process.emit('SIGINT');
    process.emit(second);
    expect(exits).toEqual([code]);
  });

  it('takes SIGTERM as a wish to stop, too', () => {
    const { process, interrupt, said } = listen();
    process.emit('SIGTERM');
    expect(interrupt.signal.reason).toMatchObject({ exitCode: 143 });
    expect(said).toEqual(['stopping after the current call; AWS keeps working']);
    expect(interrupt.received()).toBe('SIGTERM');
  });

  it('gives the signals back when it is disposed of', () => {
    const { process, interrupt } = listen();
    interrupt.dispose();
    expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual([0, 0]);
  });
});
