import { expect, test } from 'vitest';
import { filterRestoreList } from '../../src/process/restore-list.js';

const list = `;
; Archive created at 2026-11-23
2; 3079 16389 EXTENSION - vector 
3701; 0 0 COMMENT - EXTENSION vector 
6; 2615 2200 SCHEMA - public pg_database_owner
3702; 0 0 COMMENT - SCHEMA public pg_database_owner
3703; 0 0 ACL - SCHEMA public pg_database_owner
7; 2615 16500 SCHEMA - app master
8; 2615 16501 SCHEMA - ext master
9; 2615 16502 SCHEMA - Odd Schema; master
3704; 0 0 COMMENT - SCHEMA app master
215; 1259 16405 TABLE app users master
3800; 3466 16600 EVENT TRIGGER - theirs rdsadmin
3801; 3466 16601 EVENT TRIGGER - ours master
3802; 6100 16700 SUBSCRIPTION - pull master`;

function names(part: 'schemas' | 'pre-data'): string[] {
  const filtered = filterRestoreList(list, { part, existingSchemas: ['ext'] });
  return filtered
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => line.replace(/^\d+; \d+ \d+ /, ''));
}

test('schemas come by themselves, without those that stand', () => {
  expect(names('schemas')).toEqual(['SCHEMA - app master', 'SCHEMA - Odd Schema; master']);
});

test('the rest comes without extensions, schemas, subscriptions and what is AWS’s', () => {
  expect(names('pre-data')).toEqual([
    'COMMENT - SCHEMA public pg_database_owner',
    'ACL - SCHEMA public pg_database_owner',
    'COMMENT - SCHEMA app master',
    'TABLE app users master',
    'EVENT TRIGGER - ours master',
  ]);
});

test('comments of the archive stay', () => {
  expect(filterRestoreList(list, { part: 'post-data', existingSchemas: [] })).toContain('; Archive created');
});

test('single objects are chosen, or left out, by their catalog and OID', () => {
  const entry = list.split('\n').find((line) => line.includes('TABLE app users'));
  const [, object = ''] = /^\d+; (\d+ \d+) /.exec(entry ?? '') ?? [];
  const filter = (kind: 'only' | 'without') =>
    filterRestoreList(list, {
      part: 'pre-data',
      existingSchemas: [],
      entries: { kind, of: new Set([object]) },
    })
      .split('\n')
      .filter((line) => /^\d/.test(line));
  expect(filter('only')).toEqual([entry]);
  expect(filter('without')).not.toContain(entry);
  expect(filter('without').length).toBeGreaterThan(1);
});
