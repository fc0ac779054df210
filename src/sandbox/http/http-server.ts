import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { ControlApi } from './control-api.js';
import type { Front } from './front.js';
import type { RawRequest } from './read-request.js';

const largestBody = 16 * 1024 * 1024;

/** A running HTTP server on the loopback interface. */
export interface HttpServer {
  readonly endpoint: string;
  /** Ends all connections, also those that hang. */
  close(): Promise<void>;
}

/** Serves AWS calls and, under `/_sandbox/`, the control API. `port` 0 takes a free one. */
export async function listen(front: Front, control: ControlApi, port: number): Promise<HttpServer> {
  const server = createServer((request, response) => {
    serve(request, response, front, control).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  await bind(server, port);
  return {
    endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close: () => close(server),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  front: Front,
  control: ControlApi,
): Promise<void> {
  const raw = await readRaw(request);
  const answer = raw.path.startsWith('/_sandbox/') ? await control.answer(raw) : await front.answer(raw);
  if (answer === 'hanging') return;
  if (answer === 'dropped') {
    request.socket.destroy();
    return;
  }
  response.writeHead(answer.status, { ...answer.headers });
  response.end(answer.body);
}

async function readRaw(request: IncomingMessage): Promise<RawRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new Error('the request is too large');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : value,
    ]),
  );
  const zipped = headers['content-encoding'] === 'gzip';
  return {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers,
    body: zipped ? gunzipSync(body) : body,
  };
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
