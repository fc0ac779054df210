// The ways that race: what this project does, and what else is there. Each is a list of phases, and each phase one program.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { conninfo } from '../../dist/process/conninfo.js';

const dataSteps = fileURLToPath(new URL('data-steps.mjs', import.meta.url));

/**
 * @typedef {object} Phase
 * @property {string} name
 * @property {string} program
 * @property {string[]} arguments
 * @property {string} [output] file that stdout goes to
 * @property {string} [input] file that stdin comes from
 * @property {boolean} [tellsPhases] stdout is JSON: the seconds of its own phases
 */

/**
 * @typedef {object} Way
 * @property {string} id
 * @property {string} name
 * @property {boolean} makesDatabase
 * @property {(folder: string) => Phase[]} phases files go into the folder
 */

/** @param {import('./race.mjs').Race} race @returns {Way[]} the first is what the others are held against */
export function listWays(race, pgcopydb) {
  return [
    documented(race),
    custom(race),
    ...(pgcopydb ? [copydbAsItComes(race, pgcopydb), copydb(race, pgcopydb)] : []),
    ours('archive', race),
    ours('stream', race),
  ];
}

function ours(engine, { order }) {
  return {
    id: engine,
    name: `${engine} engine`,
    makesDatabase: true,
    phases: (folder) => [
      {
        name: engine,
        program: process.execPath,
        arguments: [dataSteps, engine, order(folder)],
        tellsPhases: true,
      },
    ],
  };
}

/** Word for word what a guide says, the login apart. */
function documented({ servers }) {
  const client = (name) => join(servers.clients.binDir, name);
  return {
    id: 'documented',
    name: 'pg_dump > sql, psql < sql',
    makesDatabase: false,
    phases: (folder) => {
      const file = join(folder, 'backup.sql');
      return [
        { name: 'dump', program: client('pg_dump'), arguments: [conninfo(servers.source)], output: file },
        { name: 'restore', program: client('psql'), arguments: [conninfo(servers.target)], input: file },
      ];
    },
  };
}

function custom({ servers, jobs }) {
  const client = (name) => join(servers.clients.binDir, name);
  return {
    id: 'custom',
    name: `pg_dump -Fc, pg_restore -j${jobs}`,
    makesDatabase: false,
    phases: (folder) => {
      const file = join(folder, 'backup.dump');
      return [
        {
          name: 'dump',
          program: client('pg_dump'),
          arguments: ['-Fc', conninfo(servers.source)],
          output: file,
        },
        {
          ...{ name: 'restore', program: client('pg_restore') },
          arguments: [`-j${jobs}`, '-d', conninfo(servers.target), file],
        },
      ];
    },
  };
}

function copydbAsItComes(race, pgcopydb) {
  return { ...clone(race, pgcopydb, []), id: 'pgcopydb-plain', name: 'pgcopydb' };
}

/** Set up for large tables: what the engines are held against. */
function copydb(race, pgcopydb) {
  const split = ['--split-tables-larger-than', '100MB'];
  return { ...clone(race, pgcopydb, split), id: 'pgcopydb', name: 'pgcopydb, split at 100 MB' };
}

/** Its own move of large objects fails with clients of PostgreSQL 17, so pg_dump moves them. */
function clone({ servers, jobs }, { program }, options) {
  const { source, target, clients } = servers;
  const [pgDump, pgRestore] = ['pg_dump', 'pg_restore'].map((name) => join(clients.binDir, name));
  return {
    makesDatabase: false,
    phases: (folder) => [
      {
        ...{ name: 'clone', program },
        arguments: [
          ...[
            'clone',
            '--source',
            conninfo(source),
            '--target',
            conninfo(target),
            '--dir',
            join(folder, 'state'),
          ],
          ...['--table-jobs', String(jobs), '--index-jobs', String(jobs), ...options],
          ...['--skip-large-objects', '--skip-vacuum', '--skip-ext-comments', '--fail-fast'],
        ],
      },
      {
        ...{ name: 'large objects', program: '/bin/sh' },
        arguments: [
          ...['-c', '"$1" -Fc -Z0 -a --large-objects -T "*.*" "$2" | "$3" -d "$4"', 'sh'],
          ...[pgDump, conninfo(source), pgRestore, conninfo(target)],
        ],
      },
    ],
  };
}
