import { describe, expect, test } from 'vitest';
import { conninfo, passfileLine } from '../../src/process/conninfo.js';

const server = { host: 'db.example', port: 5432, database: 'ragdb', user: 'raguser', secret: 's' };

describe('a connection string', () => {
  test.each([
    ['x host=evil', `dbname='x host=evil'`],
    [`it's`, `dbname='it\\'s'`],
    ['back\\slash', `dbname='back\\\\slash'`],
    ['postgresql://evil/', `dbname='postgresql://evil/'`],
    ['-rf', `dbname='-rf'`],
  ])('keeps the database name %s a name', (database, expected) => {
    expect(conninfo({ ...server, database })).toContain(expected);
  });

  test('notices a dead peer', () => {
    expect(conninfo(server)).toMatch(/connect_timeout='15'.*keepalives='1'.*tcp_user_timeout='60000'/);
  });
});

describe('a line of the password file', () => {
  test('escapes colons and backslashes', () => {
    expect(passfileLine({ ...server, user: 'a:b' }, 'p:w\\d')).toBe('db.example:5432:*:a\\:b:p\\:w\\\\d\n');
  });

  test('cannot hold a line break', () => {
    expect(() => passfileLine(server, 'a\nb')).toThrow(RangeError);
  });
});
