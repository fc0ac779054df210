import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostOf, RdsWorld, sourceInstance } from './rds-world.js';

describe('the life of an RDS instance', () => {
  let world: RdsWorld;

  beforeAll(async () => {
    world = await RdsWorld.start();
    await world.call('CreateDBInstance', sourceInstance);
    await world.untilInstance('production-rag-db');
  });

  afterAll(() => world.stop());

  it('is created, stored in lower case, and answers over verified TLS', async () => {
    const view = await world.instance('PRODUCTION-rag-DB');
    expect(view).toMatchObject({
      DBInstanceIdentifier: 'production-rag-db',
      EngineVersion: '17.7',
      MasterUsername: 'raguser',
      DBInstanceArn: 'arn:aws:rds:us-east-1:123456789012:db:production-rag-db',
    });
    const client = await world.connect(hostOf(view));
    const { rows } = await client.query(
      "SELECT current_user AS who, current_setting('max_connections') AS n",
    );
    expect(rows).toEqual([{ who: 'raguser', n: '112' }]);
    await client.end();
    await expect(world.connect(hostOf(view), { ssl: false })).rejects.toThrow('no pg_hba.conf entry');
  });

  it('is stopped and started again with its data', async () => {
    const host = hostOf(await world.instance('production-rag-db'));
    const before = await world.connect(host);
    await before.query('CREATE TABLE IF NOT EXISTS kept AS SELECT 1 AS id');
    await world.call('StopDBInstance', { DBInstanceIdentifier: 'production-rag-db' });
    await world.untilInstance('production-rag-db', 'stopped');
    await expect(world.connect(host)).rejects.toThrow('ECONNREFUSED');
    await world.call('StartDBInstance', { DBInstanceIdentifier: 'production-rag-db' });
    await world.untilInstance('production-rag-db');
    const after = await world.connect(host);
    expect((await after.query('SELECT id FROM kept')).rows).toEqual([{ id: 1 }]);
    await after.end();
  });
});
