import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';

/** What a server in the middle answers to the request for TLS (PostgreSQL: Message Formats, SSLRequest). */
export type FrontBehaviour =
  /** Agrees, shows this certificate, and hands on whatever it decrypts. */
  | { readonly kind: 'tls'; readonly identity: SecureContextOptions; readonly slippedIn?: string }
  /** Says that it has no TLS, and hands the rest on: to the server in the clear, or by a TLS of its own. */
  | { readonly kind: 'plain'; readonly onwards: 'plain' | 'tls' }
  /** Answers with these bytes, and hands nothing on. */
  | { readonly kind: 'bytes'; readonly bytes: string }
  /** Looks at nothing: an honest line. */
  | { readonly kind: 'line' };

export interface TlsFront {
  readonly host: string;
  readonly port: number;
  /** What clients sent once they had their answer, decrypted where there was TLS. */
  heard(): string;
  close(): Promise<void>;
}

const sslRequest = 80_877_103;
const gssRequest = 80_877_104;

/** Stands in front of a real server, at its own address on another port, as somebody does who has taken it over. */
export async function startTlsFront(
  upstream: { readonly host: string; readonly port: number },
  behaviour: FrontBehaviour,
): Promise<TlsFront> {
  const heard: Buffer[] = [];
  const sockets = new Set<Socket>();
  const keep = <S extends Socket>(socket: S): S => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    return socket;
  };
  const join = (client: Socket, server: Socket): void => {
    keep(server);
    client.on('data', (chunk: Buffer) => heard.push(chunk));
    client.pipe(server).pipe(client);
  };
  const answer = async (client: Socket): Promise<void> => {
    if (behaviour.kind === 'line') return join(client, await openPlain(upstream));
    const request = await readRequest(client);
    if (request === gssRequest) {
      client.write('N');
      return answer(client);
    }
    if (request !== sslRequest) return join(client, await openPlain(upstream));
    if (behaviour.kind === 'bytes') {
      client.on('data', (chunk: Buffer) => heard.push(chunk));
      client.end(behaviour.bytes);
      return;
    }
    if (behaviour.kind === 'plain') {
      client.write('N');
      return join(client, await (behaviour.onwards === 'plain' ? openPlain : openTls)(upstream));
    }
    client.write(`S${behaviour.slippedIn ?? ''}`);
    const secure = keep(
      new TLSSocket(client, { isServer: true, secureContext: createSecureContext(behaviour.identity) }),
    );
    await once(secure, 'secure');
    join(secure, await openTls(upstream));
  };
  const server = createServer((client) => {
    keep(client);
    answer(client).catch(() => client.destroy());
  });
  await once(server.listen(0, upstream.host), 'listening');
  return {
    host: upstream.host,
    port: (server.address() as AddressInfo).port,
    heard: () => Buffer.concat(heard).toString(),
    close: () => close(server, sockets),
  };
}

async function readRequest(client: Socket): Promise<number> {
  const [chunk] = (await once(client, 'data')) as [Buffer];
  client.pause();
  return chunk.length === 8 ? chunk.readInt32BE(4) : 0;
}

async function openPlain(upstream: { host: string; port: number }): Promise<Socket> {
  const socket = connect(upstream);
  await once(socket, 'connect');
  return socket;
}

/** As a client that believes anybody: it is the attacker's own. */
async function openTls(upstream: { host: string; port: number }): Promise<Socket> {
  const socket = await openPlain(upstream);
  const request = Buffer.alloc(8);
  request.writeInt32BE(8, 0);
  request.writeInt32BE(sslRequest, 4);
  socket.write(request);
  await once(socket, 'data');
  const secure = connectTls({ socket, rejectUnauthorized: false });
  await once(secure, 'secureConnect');
  return secure;
}

async function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
}
