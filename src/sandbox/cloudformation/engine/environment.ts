import type { ResourceProvider } from '../providers/resource-provider.js';
import type { SandboxContext } from '../../service.js';
import type { StackStore } from '../stacks/stack-store.js';

/** What every operation of the service works with. */
export interface Environment {
  readonly context: SandboxContext;
  readonly store: StackStore;
  readonly providers: ReadonlyMap<string, ResourceProvider>;
}
