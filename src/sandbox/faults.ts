export const faultKinds = [
  'throttle',
  'error',
  'delay',
  'drop-before',
  'drop-after',
  'expired-token',
  'access-denied',
  'hang',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** A fault that strikes certain calls; see `docs/sandbox.md`. */
export interface Fault {
  /** Signing name, or `*`. */
  readonly service: string;
  /** Action name, or `*`. */
  readonly action: string;
  readonly kind: FaultKind;
  /** The first matching call that is struck, counted from when the fault was added; 1 when absent. */
  readonly nth?: number;
  /** How many matching calls in a row are struck; 1 when absent, 0 means all that follow. */
  readonly times?: number;
  /** Wire code of `error`; `InternalFailure` when absent. */
  readonly code?: string;
  /** HTTP status of `error`; 500 when absent. */
  readonly status?: number;
  readonly message?: string;
  /** Real milliseconds of `delay`; 1000 when absent. */
  readonly delayMs?: number;
}

interface Armed {
  readonly fault: Fault;
  seen: number;
}

/** The scripted faults; every call that matches one is counted by it, whether it is struck or not. */
export class Faults {
  private armed: Armed[] = [];

  add(fault: Fault): void {
    this.armed.push({ fault, seen: 0 });
  }

  clear(): void {
    this.armed = [];
  }

  list(): Fault[] {
    return this.armed.map(({ fault }) => fault);
  }

  /** The fault that strikes this call, if any; the first added wins. */
  strike(service: string, action: string): Fault | undefined {
    const matching = this.armed.filter(({ fault }) => matches(fault, service, action));
    for (const entry of matching) entry.seen += 1;
    return matching.find(isDue)?.fault;
  }
}

function matches(fault: Fault, service: string, action: string): boolean {
  return ['*', service].includes(fault.service) && ['*', action].includes(fault.action);
}

function isDue({ fault, seen }: Armed): boolean {
  const first = fault.nth ?? 1;
  const times = fault.times ?? 1;
  return seen >= first && (times === 0 || seen < first + times);
}
