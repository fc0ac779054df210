import { afterEach, describe, expect, it, vi } from 'vitest';
import { createWebhook } from '../../src/notify/webhook.js';
import { noticeOf } from './notices.js';
import { startWebhookServer, type WebhookServer } from './webhook-server.js';

let server: WebhookServer | undefined;

afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.close();
  server = undefined;
});

const never = new AbortController().signal;

describe('a webhook', () => {
  it('gets the text in the shape of Slack, with what Slack takes for commands made harmless', async () => {
    server = await startWebhookServer();
    const notice = noticeOf({ detail: '<!channel> a & b', next: ['rds2aurora status rag-a1b2c3'] });
    await createWebhook(server).send(notice, never);
    expect(server.bodies.map((body) => JSON.parse(body) as unknown)).toEqual([
      { text: 'rag-a1b2c3 has failed\n&lt;!channel&gt; a &amp; b\n`rds2aurora status rag-a1b2c3`' },
    ]);
  });

  it('is not followed where it redirects to', async () => {
    server = await startWebhookServer((response, path) => {
      response.writeHead(path === '/elsewhere' ? 200 : 307, { location: '/elsewhere' }).end();
    });
    await expect(createWebhook(server).send(noticeOf(), never)).rejects.toThrow(
      'it answered 307, and redirects are not followed',
    );
    expect(server.bodies).toHaveLength(1);
  });

  it('that answers with an error has not been told', async () => {
    server = await startWebhookServer((response) => response.writeHead(404).end('no_team'));
    await expect(createWebhook(server).send(noticeOf(), never)).rejects.toThrow('it answered 404');
  });

  it('whose certificate nobody vouches for gets nothing, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    server = await startWebhookServer();
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    await expect(createWebhook({ url: server.url }).send(noticeOf(), never)).rejects.toThrow(/certificate/);
    expect(server.bodies).toEqual([]);
  });

  it('that is not https is refused, also on the loopback', () => {
    expect(() => createWebhook({ url: 'http://127.0.0.1:1/x' })).toThrow('not https');
  });
});
