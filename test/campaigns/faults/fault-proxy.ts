import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

interface Place {
  readonly host: string;
  readonly port: number;
}

/** What happens to bytes on their way from when it is set on. */
export type Line =
  | { readonly kind: 'good' }
  /** Open, and nothing comes through: whatever is sent is taken and lost. */
  | { readonly kind: 'stalled' }
  /** New connections are reset at once. */
  | { readonly kind: 'down' }
  | { readonly kind: 'late'; readonly ms: number }
  | { readonly kind: 'narrow'; readonly bytesPerMs: number }
  | { readonly kind: 'sliced'; readonly bytes: number };

/** One connection through the proxy. */
export interface Connection {
  /** Both sides are reset. */
  reset(): void;
  stall(): void;
  /** The client is told that nothing more comes; what it sends is lost. */
  halfClose(): void;
}

export interface FaultProxy extends Place {
  /** Bytes that have come through, both ways. */
  bytes(): number;
  /** Calls `act` once, as soon as that many more bytes have come through, with the connection of the last. */
  after(bytes: number, act: (connection: Connection) => void): void;
  setLine(line: Line): void;
  resetAll(): void;
  /** As at the beginning: a good line, nothing to come, no connection left. */
  heal(): void;
  close(): Promise<void>;
}

/** Stands before a server, at its address on another port, and looks at nothing: TLS goes through it. */
export async function startFaultProxy(upstream: Place): Promise<FaultProxy> {
  const open = new Set<Connection>();
  let line: Line = { kind: 'good' };
  let count = 0;
  let due: { readonly at: number; readonly act: (connection: Connection) => void } | undefined;
  const passed = (bytes: number, connection: Connection): void => {
    count += bytes;
    if (due === undefined || count < due.at) return;
    const { act } = due;
    due = undefined;
    act(connection);
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (line.kind === 'down') {
      client.resetAndDestroy();
      return;
    }
    const onward = connect({ ...upstream, allowHalfOpen: true });
    const connection = join(client, onward, () => line, passed);
    open.add(connection);
    client.on('close', () => open.delete(connection));
  });
  await once(server.listen(0, upstream.host), 'listening');
  const resetAll = (): void => open.forEach((connection) => connection.reset());
  return {
    host: upstream.host,
    port: (server.address() as AddressInfo).port,
    bytes: () => count,
    after: (bytes, act) => (due = { at: count + bytes, act }),
    setLine: (next) => (line = next),
    resetAll,
    heal: () => {
      line = { kind: 'good' };
      due = undefined;
      resetAll();
    },
    close: async () => {
      resetAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function join(
  client: Socket,
  onward: Socket,
  line: () => Line,
  passed: (bytes: number, connection: Connection) => void,
): Connection {
  let isStalled = false;
  let isHalf = false;
  const connection: Connection = {
    reset: () => [client, onward].forEach((socket) => socket.resetAndDestroy()),
    stall: () => (isStalled = true),
    halfClose: () => {
      isHalf = true;
      client.end();
    },
  };
  const carry = (from: Socket, to: Socket): void => {
    let last = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      if (isStalled || isHalf || line().kind === 'stalled') return;
      from.pause();
      last = last
        .then(() => send(to, chunk, line()))
        .then(() => {
          passed(chunk.length, connection);
          from.resume();
        });
    });
    from.on('end', () => {
      if (!isStalled && !isHalf && line().kind !== 'stalled') void last.then(() => to.end());
    });
    from.on('error', () => to.resetAndDestroy());
    // Nobody is told of an end while nothing comes through.
    from.on('close', () => {
      if (!isStalled && line().kind !== 'stalled') to.destroy();
    });
  };
  carry(client, onward);
  carry(onward, client);
  return connection;
}

async function send(to: Socket, chunk: Buffer, line: Line): Promise<void> {
  if (line.kind === 'late') await pause(line.ms);
  if (line.kind === 'narrow') await pause(chunk.length / line.bytesPerMs);
  const step = line.kind === 'sliced' ? line.bytes : chunk.length;
  for (let from = 0; from < chunk.length; from += step) {
    if (!to.writable) return;
    if (!to.write(chunk.subarray(from, from + step))) await untilDrained(to);
    if (line.kind === 'sliced') await new Promise(setImmediate);
  }
}

/** Or gone. */
function untilDrained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('drain', resolve).once('close', resolve);
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
