import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Client, type ClientConfig } from 'pg';

/** Where the application's database is; what ECS hands it from the secret. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly caFile: string;
}

/** How long the application waits for a connection or an answer before it tries anew, in milliseconds. */
const patience = 3000;

/** How many messages a conversation gets before the next one begins. */
const conversationLength = 20;

/** The application's way to its database: one connection, which is good until the first error. */
export class ConversationStore {
  private conversation: { readonly id: string; messages: number } | undefined;

  private constructor(private readonly client: Client) {}

  /** @throws what PostgreSQL or the network has to say. */
  static async open(address: DatabaseAddress): Promise<ConversationStore> {
    const client = await connect(address, {
      query_timeout: patience,
      application_name: 'production-rag',
    });
    try {
      await client.query('SELECT FROM messages LIMIT 0');
      await client.query('CREATE EXTENSION IF NOT EXISTS vector');
      return new ConversationStore(client);
    } catch (error) {
      await closeQuietly(client);
      throw error;
    }
  }

  /** Adds one message; when this returns, the server has committed it. @returns its `write_id` */
  async addMessage(): Promise<string> {
    const write = randomUUID();
    const conversation = await this.currentConversation();
    await this.client.query(
      `INSERT INTO messages (conversation_id, role, content, write_id) VALUES ($1, $2, $3, $4)`,
      [conversation.id, conversation.messages % 2 === 0 ? 'user' : 'assistant', `message ${write}`, write],
    );
    conversation.messages++;
    return write;
  }

  close(): Promise<void> {
    return closeQuietly(this.client);
  }

  private async currentConversation(): Promise<{ readonly id: string; messages: number }> {
    if (this.conversation !== undefined && this.conversation.messages < conversationLength) {
      return this.conversation;
    }
    const id = randomUUID();
    await this.client.query('INSERT INTO conversations (id, title) VALUES ($1, $2)', [id, `Question ${id}`]);
    this.conversation = { id, messages: 0 };
    return this.conversation;
  }
}

/** A connection to a database of the scenario, its certificate verified. */
export async function connect(address: DatabaseAddress, more: ClientConfig = {}): Promise<Client> {
  const { caFile, host, ...rest } = address;
  const config: ClientConfig = {
    ...rest,
    host,
    // Without `host` Node would compare the certificate of an IP address with the name localhost.
    ssl: { ca: await readFile(caFile, 'utf8'), host },
    connectionTimeoutMillis: patience,
    ...more,
  };
  const client = new Client(config);
  // A connection that breaks while idle is seen at the next query; unheard, this event would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function closeQuietly(client: Client): Promise<void> {
  await client.end().catch(() => undefined);
}
