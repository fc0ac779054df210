import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { connect } from '../../src/sandbox/scenario/conversation-store.js';
import { readDatabaseAddress } from '../../src/sandbox/scenario/deploy-scenario.js';
import { projectRoot, type World } from './harness.js';

const name = 'production-rag-db';

/** The application makes no tables of its own: they come with the file, and one row more that must come once. */
export async function writeInitSql(project: string): Promise<void> {
  const file = join(projectRoot, 'src', 'sandbox', 'scenario', 'schema.sql');
  const schema = (await readFile(file, 'utf8')).replaceAll('${dimensions}', '8');
  const seed = `CREATE TABLE seed (id serial, said text);\nINSERT INTO seed (said) VALUES ('one; two');\n`;
  await writeFile(join(project, 'init.sql'), `${schema}\n${seed}`);
}

/** All that RDS tells of the source, without what is new whenever an instance is made. */
export async function readSettings(world: World): Promise<Record<string, unknown>> {
  const { DBInstances } = z
    .object({ DBInstances: z.array(z.record(z.string(), z.unknown())) })
    .parse(await world.sandbox.call('rds', 'DescribeDBInstances', { DBInstanceIdentifier: name }));
  const {
    DbiResourceId: _r,
    InstanceCreateTime: _c,
    LatestRestorableTime: _l,
    TagList,
    ...rest
  } = DBInstances[0] ?? {};
  const tags = z.array(z.object({ Key: z.string(), Value: z.string() })).parse(TagList);
  return {
    ...rest,
    tags: tags.filter(({ Key }) => !Key.startsWith('rds2aurora:') && !Key.startsWith('aws:')),
  };
}

/** Of the database that the application is on. */
export async function askTarget(world: World, sql: string): Promise<unknown[]> {
  const client = await connect(await readDatabaseAddress(world.sandbox.call, world.caFile));
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
