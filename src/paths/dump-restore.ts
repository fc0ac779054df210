import type { Config } from '../config/schema.js';
import type { SealedStep } from '../pipeline/seal.js';
import { isInPlace } from './in-place.js';
import type { Shelf } from './shelf.js';

/** The steps of `migrate dump-restore`, in order. */
export function dumpRestore(config: Config, shelf: Shelf): readonly SealedStep<Config>[] {
  const isStream = config.engine === 'stream';
  const moveOut = [
    shelf.pauseWriters,
    shelf.fingerprintSource,
    isStream ? shelf.dumpDefinitions : shelf.dumpDatabase,
  ];
  const target = [...deployment(config, shelf), shelf.awaitTarget];
  // CloudFormation would delete the source in the update's clean-up: the dump is proven first, the source retained.
  const before = isInPlace(config) ? [...moveOut, shelf.retainSource, ...target] : [...target, ...moveOut];
  return [
    shelf.checkReadiness,
    ...before,
    shelf.prepareTarget,
    isStream ? shelf.streamDatabase : shelf.restoreDatabase,
    shelf.analyzeTarget,
    shelf.verifyData,
    shelf.switchSecret,
    shelf.resumeApplication,
    shelf.validateTarget,
    shelf.writeReport,
  ];
}

function deployment({ target: { deploy } }: Config, shelf: Shelf): readonly SealedStep<Config>[] {
  if (deploy.template !== undefined) return [shelf.deployTargetTemplate];
  if (deploy.command !== undefined) return [shelf.runDeployCommand];
  return [shelf.createCluster, shelf.createWriter];
}
