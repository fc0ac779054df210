import type { AuroraVersion } from '../aws/rds-catalog.js';
import type { DbInstance } from '../aws/rds-instances.js';
import type { Caller } from '../aws/sts-gateway.js';
import type { Config } from '../config/schema.js';
import type { Problem } from '../errors.js';
import type { ServerRef } from '../steps/refs.js';

/** What is known before the single checks look further. */
export interface ReadinessContext {
  readonly config: Config;
  readonly runId: string;
  readonly caller: Caller;
  readonly source: DbInstance;
  readonly server: ServerRef;
  /** The Aurora version the target will have. */
  readonly target: AuroraVersion;
}

/** One trap, looked for by reading only. Every problem comes with its reason and its fix. */
export interface ReadinessCheck {
  readonly id: string;
  /** What is looked at: 'The secret can be read and holds the user of the source'. */
  readonly title: string;
  find(context: ReadinessContext): Promise<readonly Problem[]>;
}

/** What a question to the world led to: the answer, or the reasons why there is none. */
export type Finding<T> =
  | { readonly found: T; readonly problems?: undefined }
  | { readonly found?: undefined; readonly problems: readonly Problem[] };
