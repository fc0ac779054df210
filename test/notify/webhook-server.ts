import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createCertificateAuthority } from '../../src/sandbox/postgres/certificate-authority.js';

export interface WebhookServer {
  readonly url: string;
  /** PEM; nothing but the test trusts it. */
  readonly ca: string;
  /** Bodies, in order of arrival. */
  readonly bodies: string[];
  close(): Promise<void>;
}

/** A real https server on the loopback; `answer` ends the response, or leaves it open. */
export async function startWebhookServer(
  answer: (response: ServerResponse, path: string) => void = (response) => response.end('ok'),
): Promise<WebhookServer> {
  const authority = createCertificateAuthority('a test that signs for itself');
  const { certificate, key } = authority.issueServer('127.0.0.1');
  const bodies: string[] = [];
  const server = createServer({ cert: certificate, key }, (request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      bodies.push(body);
      answer(response, request.url ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}/services/T0/B0/tOkEn`,
    ca: authority.certificate,
    bodies,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
