import type { Hook } from '@oclif/core';
import { exitCodes } from '../errors.js';
import { printable } from '../views/printable.js';
import { createEnvelope, stringifyEnvelope } from './envelope.js';
import { readEnvironment } from './environment.js';
import { renderError } from './error-screen.js';
import type { Failure } from './failure.js';
import { findNearest } from '../config/nearest.js';
import { createStyle } from './style.js';

/** oclif calls this for an unknown command: alone it would print nothing to stdout under `--json`. */
const commandNotFound: Hook.CommandNotFound = function ({ id, argv = [], config }) {
  const typed = id.replaceAll(':', ' ');
  const known = config.commands
    .filter((command) => !command.hidden)
    .map((command) => command.id.replaceAll(':', ' '));
  const nearest = findNearest(typed, known);
  const failure: Failure = {
    exitCode: exitCodes.usage,
    code: 'UnknownCommand',
    what: `unknown command: ${printable(typed)}`,
    next: [nearest === undefined ? `${config.bin} --help` : `${config.bin} ${nearest}`],
    resumable: false,
    changed: false,
    ...(nearest === undefined ? {} : { why: `did you mean ${nearest}?` }),
  };
  if ([...id.split(':'), ...argv].includes('--json')) {
    const envelope = createEnvelope({ command: typed, failure, next: failure.next });
    process.stdout.write(`${stringifyEnvelope(envelope)}\n`);
  } else {
    const style = createStyle(process.stderr.isTTY && !readEnvironment().plain);
    process.stderr.write(`${renderError(failure, {}, style)}\n`);
  }
  process.exitCode = failure.exitCode;
  return Promise.resolve();
};

export default commandNotFound;
