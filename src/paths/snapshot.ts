import type { Config } from '../config/schema.js';
import type { SealedStep } from '../pipeline/seal.js';
import type { Shelf } from './shelf.js';

/** The steps of `migrate snapshot`, in order: beside the source, which nothing touches. */
export function snapshot({ target }: Config, shelf: Shelf): readonly SealedStep<Config>[] {
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
