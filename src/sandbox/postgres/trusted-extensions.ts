/**
 * Extensions that `rds_superuser` may create on RDS and Aurora, of those that PostgreSQL, Debian and pgvector ship
 * (RDS User Guide and Aurora User Guide, "Extensions supported for PostgreSQL"). Others have no control file there:
 * `CREATE EXTENSION file_fdw` fails on RDS with "is not available", and so it does here.
 */
export const trustedExtensions: ReadonlySet<string> = new Set([
  'amcheck', 'autoinc', 'bloom', 'bool_plperl', 'btree_gin', 'btree_gist', 'citext', 'cube', 'dblink', 'dict_int',
  'dict_xsyn', 'earthdistance', 'fuzzystrmatch', 'hstore', 'hstore_plperl', 'insert_username', 'intagg', 'intarray',
  'isn', 'jsonb_plperl', 'lo', 'ltree', 'moddatetime', 'pageinspect', 'pg_buffercache', 'pg_freespacemap',
  'pg_prewarm', 'pg_stat_statements', 'pg_trgm', 'pg_visibility', 'pg_walinspect', 'pgcrypto', 'pgrowlocks',
  'pgstattuple', 'plperl', 'plpgsql', 'pltcl', 'postgres_fdw', 'refint', 'seg', 'sslinfo', 'tablefunc', 'tcn',
  'tsm_system_rows', 'tsm_system_time', 'unaccent', 'uuid-ossp', 'vector',
]); // prettier-ignore
