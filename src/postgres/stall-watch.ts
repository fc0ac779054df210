import { StoppedError } from '../errors.js';
import type { ServerRef } from '../steps/refs.js';
import { lookAtServer, nameServer } from './server-look.js';
import type { Sessions } from './session.js';
import { StallJudge } from './stall-judge.js';
import type { ServerLook, StallSettings } from './stall-judge.js';

export interface StallWatch {
  readonly settings: StallSettings;
  /** As `look` names them. */
  readonly servers: readonly string[];
  readonly look: () => Promise<readonly ServerLook[]>;
  /** Anything that changes while there is progress at this end. */
  readonly life: () => string;
  /** Called once. */
  readonly stalled: (error: StoppedError) => void;
}

/** Looks every now and then until a stall is found or the function that it gives is called. */
export function watchForStall({ settings, servers, look, life, stalled }: StallWatch): () => void {
  const judge = new StallJudge(settings.limitMs, servers, performance.now());
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const next = (): void => {
    timer = setTimeout(() => void once(), settings.everyMs);
  };
  const once = async (): Promise<void> => {
    const looks = await look();
    if (ended) return;
    const told = judge.look(looks, life(), performance.now());
    if (told === undefined) next();
    else stalled(stallError(told, settings));
  };
  next();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

function stallError(told: string, { limitMs }: StallSettings): StoppedError {
  return new StoppedError('DatabaseStalled', `${told}, for ${String(Math.round(limitMs / 1000))} s`, {
    why: 'the connections are open and nothing comes through: the network, or something on the way, has stopped',
    resumable: true,
  });
}

/**
 * Runs client programs of these servers, and ends them by the signal that it hands them when they stall. How long they
 * work does not matter.
 */
export async function whileNotStalled<T>(
  sessions: Sessions,
  servers: readonly ServerRef[],
  options: {
    readonly signal: AbortSignal;
    readonly life: () => string;
    /** Another number whenever a server was heard of by another connection. */
    readonly answers?: () => number;
  },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const settings = sessions.stall;
  let heard = options.answers?.();
  const lookAt = async (server: ServerRef): Promise<ServerLook> => {
    // Sessions of this process watch themselves, and those that only wait or look would never look stalled together.
    const look = await lookAtServer(
      sessions,
      server,
      settings.lookMs,
      ({ pid }) => !sessions.isOwn(server, pid),
    );
    const isHeard = options.answers?.() !== heard;
    heard = options.answers?.();
    return look.backends === undefined && isHeard ? { ...look, backends: [] } : look;
  };
  const end = watchForStall({
    ...{ settings, servers: servers.map(nameServer) },
    look: () => Promise.all(servers.map(lookAt)),
    life: options.life,
    stalled: (error) => stop.abort(error),
  });
  try {
    return await work(AbortSignal.any([options.signal, stop.signal]));
  } finally {
    end();
  }
}
