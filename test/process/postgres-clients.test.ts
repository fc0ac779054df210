import { describe, expect, test } from 'vitest';
import { choosePostgresClients } from '../../src/process/postgres-clients.js';
import type { PostgresInstallation } from '../../src/process/postgres-installations.js';

function installed(version: string, clients = true): PostgresInstallation {
  return {
    major: Number.parseInt(version, 10),
    version,
    binDir: `/pg/${version}`,
    server: true,
    clients,
    pgvector: undefined,
  };
}

function chosen(versions: readonly string[], source: string, target = source): string | undefined {
  const choice = choosePostgresClients(
    versions.map((version) => installed(version)),
    source,
    target,
  );
  return choice.kind === 'chosen' ? choice.clients.version : undefined;
}

describe('the clients chosen for a move', () => {
  test('are of its own major where there are some, in the newest minor', () => {
    expect(chosen(['18.6', '17.10', '17.12', '16.14'], '17.7')).toBe('17.12');
  });

  test('are of the next higher major otherwise', () => {
    expect(chosen(['18.6', '16.14'], '17.7')).toBe('18.6');
  });

  test('are no older than 15 on the way there from before, where there are such', () => {
    expect(chosen(['18.6', '17.12', '15.20', '14.23'], '14.1', '16.4')).toBe('15.20');
    expect(chosen(['14.23'], '14.1', '16.4')).toBe('14.23');
    expect(chosen(['15.20', '14.23'], '14.1', '14.20')).toBe('14.23');
  });

  test('are of the major of the source where the target has another', () => {
    expect(chosen(['18.6', '17.12', '16.14'], '17.12', '18.4')).toBe('17.12');
    expect(chosen(['17.12', '15.20'], '17.7', '15.17')).toBe('17.12');
  });

  test('are never older than the source', () => {
    expect(chosen(['16.14', '15.20'], '17.7')).toBeUndefined();
  });

  test.each(['18.3', '17.9', '16.13', '15.17', '14.22', '13.22'])(
    'are never %s, which a hostile server can corrupt',
    (version) => {
      expect(chosen([version], '13.1')).toBeUndefined();
    },
  );

  test.each(['18.4', '17.10', '16.14', '15.18', '14.23', '19.0'])('may be %s', (version) => {
    expect(chosen([version], '14.1')).toBe(version);
  });

  test('are named with what was found and how to get better ones when there are none', () => {
    const choice = choosePostgresClients([installed('17.9'), installed('17.12', false)], '17.7', '17.7');
    expect(choice).toMatchObject({ kind: 'blocked', problem: { code: 'NoPostgresClients' } });
    if (choice.kind === 'blocked') expect(choice.problem.why).toContain('17.9 (/pg/17.9)');
  });
});
