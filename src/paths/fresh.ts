import type { Config } from '../config/schema.js';
import type { SealedStep } from '../pipeline/seal.js';
import type { FreshChoices } from '../steps/refs.js';
import { isInPlace } from './in-place.js';
import type { Shelf } from './shelf.js';

type Steps = readonly SealedStep<Config>[];

/** The steps of `migrate fresh`, in order: an empty cluster takes the place of the source, whose data is given up. */
export function fresh(config: Config, shelf: Shelf, choices: FreshChoices): Steps {
  return isInPlace(config) ? replace(config, shelf, choices) : beside(config, shelf, choices);
}

/** The source is deleted last, once the application runs on the target: its stack may own more than the database. */
function beside(config: Config, shelf: Shelf, choices: FreshChoices): Steps {
  return [
    ...giveUp(shelf, choices),
    ...(choices.schemaOnly ? [shelf.dumpDatabase] : []),
    ...deployment(config, shelf),
    shelf.awaitTarget,
    ...furnish(shelf, choices),
    shelf.switchSecret,
    shelf.resumeApplication,
    shelf.validateFreshTarget,
    shelf.saveSource,
    shelf.giveUpSource,
    shelf.writeReport,
  ];
}

/**
 * The old stack makes room for the new one of the same name. The schema, where it is wanted, is that of the snapshot: a
 * temporary instance lends it, as it lends the data to a deploy command.
 */
function replace({ target }: Config, shelf: Shelf, choices: FreshChoices): Steps {
  return [
    ...giveUp(shelf, choices),
    shelf.saveStack,
    shelf.deleteStack,
    shelf.deployEmpty,
    shelf.awaitTarget,
    ...(choices.schemaOnly ? [shelf.hydrateSource, shelf.dumpDatabase] : []),
    ...furnish(shelf, choices),
    shelf.switchSecret,
    shelf.resumeApplication,
    target.deploy.command === undefined ? shelf.settleStack : shelf.settleByCommand,
    shelf.validateFreshTarget,
    ...(choices.schemaOnly ? [shelf.removeTemporary] : []),
    shelf.writeReport,
  ];
}

function giveUp(shelf: Shelf, { finalSnapshot }: FreshChoices): Steps {
  return [
    shelf.checkReadiness,
    shelf.recordLoss,
    shelf.pauseWriters,
    shelf.fingerprintSource,
    ...(finalSnapshot ? [shelf.takeSnapshot] : []),
  ];
}

function deployment({ target: { deploy } }: Config, shelf: Shelf): Steps {
  if (deploy.template !== undefined) return [shelf.deployTargetTemplate];
  if (deploy.command !== undefined) return [shelf.runDeployCommand];
  return [shelf.createCluster, shelf.createWriter];
}

function furnish(shelf: Shelf, { schemaOnly, initSql }: FreshChoices): Steps {
  return [
    ...(schemaOnly ? [shelf.prepareTarget, shelf.restoreDatabase] : [shelf.furnishDatabase]),
    ...(initSql === null ? [] : [shelf.runInitSql]),
  ];
}
