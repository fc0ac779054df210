import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type DatabaseAddress } from '../../src/sandbox/scenario/conversation-store.js';
import { readDatabaseAddress } from '../../src/sandbox/scenario/deploy-scenario.js';
import type { World } from './harness.js';

/** What the plan asks for on the way below 17, which was the first to have identity columns of partitioned tables. */
export const withoutPartitionedIdentity = `ALTER TABLE analytics.events ALTER id DROP IDENTITY;
  CREATE SEQUENCE analytics.event_numbers START 1000000;
  ALTER TABLE analytics.events ALTER id SET DEFAULT nextval('analytics.event_numbers')`;

export async function runInDatabase(database: DatabaseAddress, sql: string): Promise<void> {
  const client = await connect(database);
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Of the server that the application is on. */
export async function readServerVersion({ sandbox, caFile }: World): Promise<string> {
  const client = await connect(await readDatabaseAddress(sandbox.call, caFile));
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? '';
  } finally {
    await client.end();
  }
}

/** The template of the new stack, as somebody would change it who wants another version. */
export async function setTemplateVersion({ project }: World, version: string): Promise<void> {
  const file = join(project, 'infrastructure', 'production.yaml');
  const template = await readFile(file, 'utf8');
  const changed = template
    .replace("EngineVersion: '17.7'", `EngineVersion: '${version}'`)
    .replace('aurora-postgresql17', `aurora-postgresql${String(Number.parseInt(version, 10))}`);
  await writeFile(file, changed);
}
