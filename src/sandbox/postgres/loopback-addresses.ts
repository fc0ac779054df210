import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Where a database endpoint listens. */
export interface Listener {
  readonly host: string;
  readonly port: number;
}

/** The port we got, or undefined when the address is taken or does not exist here. */
function probe(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}

/**
 * Gives each endpoint a loopback address of its own, so that the real port can be kept; the middle octets are random,
 * so that sandboxes side by side do not meet. Where only 127.0.0.1 exists (macOS) it gives that and a free port.
 */
export class LoopbackAddresses {
  #prefix = `127.${randomInt(1, 255)}.${randomInt(256)}`;
  #last = 0;
  readonly #known = new Map<string, Listener>();

  /**
   * A name keeps its address for as long as the sandbox lives, also while nobody listens there: in AWS an endpoint is
   * made of the identifier, and a database restored under its old name is found at its old address.
   */
  async allot(port: number, name?: string): Promise<Listener> {
    if (name === undefined) return this.#allotNew(port);
    const known = this.#known.get(name);
    const isFree = known?.port === port && (await probe(known.host, port)) !== undefined;
    const listener = isFree ? known : await this.#allotNew(port);
    this.#known.set(name, listener);
    return listener;
  }

  async #allotNew(port: number): Promise<Listener> {
    if ((await probe(this.#next(), 0)) === undefined) return this.#fallBack();
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const host = this.#next();
      if ((await probe(host, port)) !== undefined) return { host, port };
    }
    throw new Error(`no loopback address has port ${port} free`);
  }

  async #fallBack(): Promise<Listener> {
    const port = await probe('127.0.0.1', 0);
    if (port === undefined) throw new Error('no free port on 127.0.0.1');
    return { host: '127.0.0.1', port };
  }

  #next(): string {
    if (this.#last === 254) {
      this.#prefix = `127.${randomInt(1, 255)}.${randomInt(256)}`;
      this.#last = 0;
    }
    this.#last += 1;
    return `${this.#prefix}.${this.#last}`;
  }
}
