import { request } from 'node:https';
import { MigrationError } from '../errors.js';
import type { Channel, Notice } from './notice.js';

export interface WebhookSettings {
  /** Whoever knows a webhook of Slack may write there: it is a secret. */
  readonly url: string;
  /** Authorities to trust in the place of those that Node.js trusts, PEM. */
  readonly ca?: string;
}

/**
 * Posts `{"text": …}`, as "Sending messages using incoming webhooks" of Slack has it, over https only. A redirect is not
 * followed: the text would go to a place that nobody has named. Variables for proxies are not heeded.
 */
export function createWebhook({ url, ca }: WebhookSettings): Channel {
  const place = new URL(url);
  if (place.protocol !== 'https:')
    throw new MigrationError('UnsafeWebhook', 'a webhook that is not https is not called');
  return {
    name: 'webhook',
    send: async (notice, signal) => {
      const status = await post(place, JSON.stringify({ text: toSlackText(notice) }), { ca, signal });
      if (status >= 200 && status < 300) return;
      const redirects = status >= 300 && status < 400;
      throw new Error(`it answered ${status}${redirects ? ', and redirects are not followed' : ''}`);
    },
  };
}

function post(
  url: URL,
  body: string,
  { ca, signal }: { readonly ca: string | undefined; readonly signal: AbortSignal },
): Promise<number> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const call = request(url, {
      ...{ method: 'POST', headers, signal, agent: false },
      // Else NODE_TLS_REJECT_UNAUTHORIZED=0 would let anybody read what is told.
      rejectUnauthorized: true,
      ...(ca === undefined ? {} : { ca }),
    });
    call.once('error', reject);
    call.once('response', (response) => {
      resolve(response.statusCode ?? 0);
      // What it says is of no use, and may be without end.
      response.destroy();
    });
    call.end(body);
  });
}

/** Slack takes `<!channel>` and `<https://…|text>` for commands ("Formatting text for app surfaces"). */
function toSlackText({ text, detail, next }: Notice): string {
  const lines = [text, ...(detail === null ? [] : [detail]), ...next.map((command) => `\`${command}\``)];
  return lines.join('\n').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
