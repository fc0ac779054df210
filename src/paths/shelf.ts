import type { Config } from '../config/schema.js';
import type { SealedStep } from '../pipeline/seal.js';

type Sealed = SealedStep<Config>;

/** Every step there is, made for one run; paths pick from it. */
export interface Shelf {
  readonly checkReadiness: Sealed;
  readonly recordLoss: Sealed;
  readonly furnishDatabase: Sealed;
  readonly runInitSql: Sealed;
  readonly validateFreshTarget: Sealed;
  readonly saveSource: Sealed;
  readonly giveUpSource: Sealed;
  readonly carryParameters: Sealed;
  readonly prepareStack: Sealed;
  readonly takeSnapshot: Sealed;
  readonly useSnapshot: Sealed;
  readonly restoreCluster: Sealed;
  readonly saveStack: Sealed;
  readonly deleteStack: Sealed;
  readonly deployFromSnapshot: Sealed;
  readonly settleStack: Sealed;
  readonly deployEmpty: Sealed;
  readonly hydrateSource: Sealed;
  readonly removeTemporary: Sealed;
  readonly settleByCommand: Sealed;
  readonly setMasterPassword: Sealed;
  readonly updateExtensions: Sealed;
  readonly bringIntoStack: Sealed;
  readonly liftReadOnly: Sealed;
  readonly retainSource: Sealed;
  readonly deployTargetTemplate: Sealed;
  readonly runDeployCommand: Sealed;
  readonly createCluster: Sealed;
  readonly createWriter: Sealed;
  readonly awaitTarget: Sealed;
  readonly pauseWriters: Sealed;
  readonly fingerprintSource: Sealed;
  readonly dumpDatabase: Sealed;
  readonly prepareTarget: Sealed;
  readonly restoreDatabase: Sealed;
  readonly streamDatabase: Sealed;
  readonly dumpDefinitions: Sealed;
  readonly analyzeTarget: Sealed;
  readonly verifyData: Sealed;
  readonly switchSecret: Sealed;
  readonly resumeApplication: Sealed;
  readonly validateTarget: Sealed;
  readonly writeReport: Sealed;
}
