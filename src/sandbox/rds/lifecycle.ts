import type { SandboxContext } from '../service.js';
import type { Resource } from './resources.js';

/** Thrown inside of work that newer work on the same resource has taken over from. */
class Superseded extends Error {}

/** What work on a resource may do; each throws when the work has been taken over. */
export interface Progress {
  /** Lets AWS time pass. */
  wait(awsMs: number): Promise<void>;
  become(status: string): void;
}

export const seconds = (count: number): number => count * 1000;
export const minutes = (count: number): number => count * 60_000;

/** Lets resources change by themselves over time, as AWS does after a call has returned. */
export class Lifecycle {
  #stopped = false;

  constructor(private readonly context: Pick<SandboxContext, 'clock' | 'log'>) {}

  /** No resource changes any more. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Starts work on a resource and returns at once. When it fails the resource comes to `failure`: that is the sandbox's
   * own trouble, such as a server that does not start, and its log tells why.
   */
  begin(resource: Resource, failure: string, work: (progress: Progress) => Promise<void>): void {
    const job = {};
    resource.job = job;
    const check = (): void => {
      if (resource.job !== job || this.#stopped) throw new Superseded();
    };
    const progress: Progress = {
      wait: async (awsMs) => {
        await this.context.clock.after(awsMs);
        check();
      },
      become: (status) => {
        check();
        resource.status = status;
      },
    };
    work(progress).catch((error: unknown) => {
      if (error instanceof Superseded || this.#stopped) return;
      this.context.log(`${resource.arn}: ${error instanceof Error ? error.message : String(error)}`);
      if (resource.job === job) resource.status = failure;
    });
  }
}
