import { expect, test } from 'vitest';
import { readSearchPath } from '../../src/config/search-path.js';

test('root writes to the shared cache, since nobody else can read its home', () => {
  const { caches } = readSearchPath({ XDG_CACHE_HOME: '/root/.cache' }, true);
  expect(caches).toEqual(['/var/cache/rds2aurora', '/root/.cache/rds2aurora']);
});

test('anybody else writes to the own cache and still finds what root unpacked', () => {
  const { caches } = readSearchPath({ XDG_CACHE_HOME: '/home/a/.cache' }, false);
  expect(caches).toEqual(['/home/a/.cache/rds2aurora', '/var/cache/rds2aurora']);
});

test('RDS2AURORA_CACHE is the only cache when it is set', () => {
  expect(readSearchPath({ RDS2AURORA_CACHE: '/x', PATH: '/a::/b' }, true)).toEqual({
    programs: ['/a', '/b'],
    caches: ['/x'],
  });
});
