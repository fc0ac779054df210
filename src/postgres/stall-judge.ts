/** How long nothing may move. */
export interface StallSettings {
  /** Milliseconds without a sign of life after which a connection counts as stalled. */
  readonly limitMs: number;
  /** Milliseconds between the end of one look and the beginning of the next. */
  readonly everyMs: number;
  /** Milliseconds that a look may take; a server that is very busy takes its time for a new connection. */
  readonly lookMs: number;
}

/** With looks that are not answered, and a client program that does not listen, a stall is noticed within a minute. */
export const stallDefaults: StallSettings = { limitMs: 30_000, everyMs: 5_000, lookMs: 10_000 };

/** A session of this run, as its server sees it. */
export interface Backend {
  readonly pid: number;
  /** Runs a statement and waits for nobody at the other end: however long it takes, it is no stall. */
  readonly working: boolean;
  /** Runs a statement, and waits until the other end takes or sends something. */
  readonly blocked: boolean;
  /** Another text whenever it has come further. */
  readonly mark: string;
}

/** What one server told. */
export interface ServerLook {
  readonly server: string;
  /** Undefined when it gave no answer. */
  readonly backends: readonly Backend[] | undefined;
}

/** Tells a stall from slow work, by what is seen again and again; knows no clock and no network. */
export class StallJudge {
  readonly #heard = new Map<string, number>();
  readonly #since = new Map<string, { readonly mark: string; readonly at: number }>();

  /** Servers count as heard of when the looking begins. */
  constructor(
    private readonly limitMs: number,
    servers: readonly string[],
    now: number,
  ) {
    for (const server of servers) this.#heard.set(server, now);
  }

  /**
   * @param life anything that changes while there is progress at this end, such as bytes handed over
   * @param now milliseconds that only grow
   * @returns what is stalled, in words
   */
  look(looks: readonly ServerLook[], life: string, now: number): string | undefined {
    const working = looks.filter((one) => one.backends?.some((backend) => backend.working));
    const found = looks.map((one) => this.#lookAt(one, working, now));
    const marks = looks.flatMap(({ server, backends = [] }) =>
      backends.map(({ pid, mark }) => `${server} ${pid} ${mark}`),
    );
    const whole = working.length > 0 ? String(now) : [life, ...marks].join('\n');
    const nothing = this.#lasts('all', whole, now) ? 'nothing moves on any of its connections' : undefined;
    return found.find((one) => one !== undefined) ?? nothing;
  }

  #lookAt({ server, backends }: ServerLook, working: readonly ServerLook[], now: number): string | undefined {
    if (backends !== undefined) this.#heard.set(server, now);
    else if (now - (this.#heard.get(server) ?? 0) >= this.limitMs)
      return `${server} does not answer any more`;
    // A session may wait for one of another server that is at work: data goes from there to here.
    const isFed = working.some((other) => other.server !== server);
    const stuck = (backends ?? []).find(({ pid, blocked, mark }) =>
      this.#lasts(`${server} ${pid}`, blocked && !isFed ? mark : String(now), now),
    );
    return stuck === undefined ? undefined : `session ${stuck.pid} of ${server} waits in vain for this end`;
  }

  /** Whether the same mark has been seen under this name for longer than the limit. */
  #lasts(name: string, mark: string, now: number): boolean {
    const seen = this.#since.get(name);
    if (seen?.mark !== mark) {
      this.#since.set(name, { mark, at: now });
      return false;
    }
    return now - seen.at >= this.limitMs;
  }
}
