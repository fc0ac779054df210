import type { Config } from '../config/schema.js';
import type { SealedStep } from '../pipeline/seal.js';

type Sealed = SealedStep<Config>;

/** What the end of a source is made of. */
export interface FinalSteps {
  readonly checkFinalization: Sealed;
  readonly takeLastSnapshot: Sealed;
  readonly keepSecret: Sealed;
  readonly deleteSource: Sealed;
}

/** The steps of `finalize`, in order, whatever the path of the run was. */
export function finalize(steps: FinalSteps): readonly Sealed[] {
  return [steps.checkFinalization, steps.takeLastSnapshot, steps.keepSecret, steps.deleteSource];
}
