import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSessions } from '../../src/postgres/session.js';
import { createTargetGateway, type TargetGateway } from '../../src/postgres/target-gateway.js';
import { createPrepareTarget } from '../../src/steps/prepare-target.js';
import { readMasterPassword, startPostgresServer, type PostgresServer } from '../postgres-server.js';
import { finish, openIo } from './data-world.js';

let source: PostgresServer;
let target: PostgresServer;
let gateway: TargetGateway;

beforeAll(async () => {
  [source, target] = await Promise.all([startPostgresServer(), startPostgresServer()]);
  gateway = createTargetGateway(
    createSessions({
      readPassword: readMasterPassword,
      readCa: () => Promise.resolve([source.ca, target.ca]),
      applicationName: 'rds2aurora/locales',
    }),
  );
}, 120_000);
afterAll(() => Promise.all([source.stop(), target.stop()]));

const locales = {
  icu: `LOCALE_PROVIDER icu ICU_LOCALE 'de-DE-u-kn'`,
  icu_with_rules: `LOCALE_PROVIDER icu ICU_LOCALE 'en' ICU_RULES '&a < b'`,
  builtin: `LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'`,
  libc: `LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'`,
  latin: `ENCODING 'LATIN1' LOCALE 'C'`,
};
const another = `LC_COLLATE 'C.UTF-8' LC_CTYPE 'C'`;

async function openServers(name: string, there: boolean) {
  const servers = { source: source.database(name), target: target.database(name) };
  if (there)
    await target.asMaster(
      'postgres',
      `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' ${another}`,
    );
  return servers;
}

describe.each(Object.entries(locales))('a database with the locale %s', (locale, options) => {
  test.each([
    ['made', false],
    ['made anew where an empty one with another locale is there', true],
  ])('is %s, and left as found by the undo', async (_how, there) => {
    const name = `${locale}_${there ? 'there' : 'missing'}`;
    const encoding = options.startsWith('ENCODING') ? '' : `ENCODING 'UTF8'`;
    await source.asMaster('postgres', `CREATE DATABASE ${name} TEMPLATE template0 ${encoding} ${options}`);
    const servers = await openServers(name, there);
    const found = await gateway.inspect(servers.target);
    const io = openIo();
    const step = createPrepareTarget({ target: gateway });
    await finish(step, servers, io);
    expect((await gateway.inspect(servers.target)).form).toEqual(await gateway.readForm(servers.source));
    if (step.reversal.kind !== 'undo') throw new Error('prepare-target has no undo');
    await step.reversal.undo(io, servers, undefined);
    expect(await gateway.inspect(servers.target)).toEqual(found);
  });
});
