import type { Config } from '../config/schema.js';
import type { SealedStep } from '../pipeline/seal.js';
import { isHydrated, isInPlace } from './in-place.js';
import type { Shelf } from './shelf.js';

/** The steps of `migrate snapshot`, in order: beside the source, which nothing touches, or in its stack. */
export function snapshot(config: Config, shelf: Shelf): readonly SealedStep<Config>[] {
  if (config.source.snapshot !== undefined) return fromGiven(config, shelf);
  if (!isInPlace(config)) return sideBySide(config, shelf);
  return isHydrated(config) ? hydrate(shelf) : replace(shelf);
}

function sideBySide({ target }: Config, shelf: Shelf): readonly SealedStep<Config>[] {
  const hasTemplate = target.deploy.template !== undefined;
  return [
    shelf.checkReadiness,
    // A template says the parameters itself.
    hasTemplate ? shelf.prepareStack : shelf.carryParameters,
    shelf.pauseWriters,
    shelf.fingerprintSource,
    shelf.takeSnapshot,
    shelf.restoreCluster,
    shelf.createWriter,
    shelf.awaitTarget,
    // Nobody logs in before: a restored cluster has the password that the source had at the time of the snapshot.
    shelf.setMasterPassword,
    shelf.updateExtensions,
    shelf.analyzeTarget,
    shelf.verifyData,
    ...(hasTemplate ? [shelf.bringIntoStack] : []),
    shelf.liftReadOnly,
    shelf.switchSecret,
    shelf.resumeApplication,
    shelf.validateTarget,
    shelf.writeReport,
  ];
}

/**
 * From a snapshot that exists: what was written since is not moved in any case, so the application writes until the target
 * is ready. The source is read once it is quiet, to tell what the target lacks.
 */
function fromGiven({ target }: Config, shelf: Shelf): readonly SealedStep<Config>[] {
  const hasTemplate = target.deploy.template !== undefined;
  return [
    shelf.checkReadiness,
    shelf.useSnapshot,
    hasTemplate ? shelf.prepareStack : shelf.carryParameters,
    ...[
      shelf.restoreCluster,
      shelf.createWriter,
      shelf.awaitTarget,
      shelf.setMasterPassword,
      shelf.updateExtensions,
      shelf.analyzeTarget,
    ].map((step) => ({ ...step, writersPaused: false })),
    shelf.pauseWriters,
    shelf.fingerprintSource,
    shelf.verifyData,
    ...(hasTemplate ? [shelf.bringIntoStack] : []),
    shelf.liftReadOnly,
    shelf.switchSecret,
    shelf.resumeApplication,
    shelf.validateTarget,
    shelf.writeReport,
  ];
}

/** The old stack makes room for the new one of the same name, whose cluster is made from the snapshot. */
function replace(shelf: Shelf): readonly SealedStep<Config>[] {
  return [
    shelf.checkReadiness,
    shelf.pauseWriters,
    shelf.fingerprintSource,
    shelf.takeSnapshot,
    shelf.saveStack,
    shelf.deleteStack,
    shelf.deployFromSnapshot,
    shelf.awaitTarget,
    shelf.setMasterPassword,
    shelf.updateExtensions,
    shelf.analyzeTarget,
    shelf.verifyData,
    shelf.liftReadOnly,
    shelf.switchSecret,
    shelf.resumeApplication,
    shelf.settleStack,
    shelf.validateTarget,
    shelf.writeReport,
  ];
}

/** The same by a deploy command, which takes no snapshot: a temporary instance lends its data to the empty cluster. */
function hydrate(shelf: Shelf): readonly SealedStep<Config>[] {
  return [
    shelf.checkReadiness,
    shelf.pauseWriters,
    shelf.fingerprintSource,
    shelf.takeSnapshot,
    shelf.saveStack,
    shelf.deleteStack,
    shelf.deployEmpty,
    shelf.awaitTarget,
    // Only now is there a network that it can stand in: that of the old stack could not have been deleted around it.
    shelf.hydrateSource,
    shelf.dumpDatabase,
    shelf.prepareTarget,
    shelf.restoreDatabase,
    shelf.analyzeTarget,
    shelf.verifyData,
    shelf.switchSecret,
    shelf.resumeApplication,
    // Its deletion takes minutes that the application need not wait for.
    shelf.removeTemporary,
    shelf.settleByCommand,
    shelf.validateTarget,
    shelf.writeReport,
  ];
}
