import { identity, notOfExtension, owner, reservedRole, userSchema } from './section.js';
import { rareSection } from './rare-objects.js';
import type { Section } from './section.js';

export const otherSections: readonly Section[] = [
  {
    name: 'extensions',
    sql: `SELECT quote_ident(e.extname) AS key, jsonb_build_object('version', e.extversion, 'schema', n.nspname)::text AS value
      FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace`,
  },
  {
    name: 'schemas',
    sql: `SELECT quote_ident(n.nspname) AS key, ${owner('n.nspowner')} AS value
      FROM pg_namespace n WHERE ${userSchema} AND ${notOfExtension('pg_namespace', 'n.oid')}`,
  },
  {
    name: 'sequences',
    sql: `SELECT format('%I.%I', n.nspname, c.relname) AS key, jsonb_build_object('type', format_type(s.seqtypid, NULL),
        'start', s.seqstart, 'increment', s.seqincrement, 'min', s.seqmin, 'max', s.seqmax, 'cache', s.seqcache,
        'cycle', s.seqcycle, 'owner', ${owner('c.relowner')}, 'persistence', c.relpersistence,
        'ownedBy', (SELECT ${identity('pg_class', 'd.refobjid', 'd.refobjsubid')} FROM pg_depend d
          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
            AND d.deptype IN ('a', 'i')))::text AS value
      FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE ${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}`,
  },
  rareSection,
  {
    // Comments on extensions come from their control files; the one on the database is where this tool leaves its mark.
    name: 'comments',
    sql: `SELECT i.type || ' ' || i.identity AS key, d.description AS value
      FROM pg_description d CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
      WHERE (d.objoid >= 16384 OR i.type = 'schema' AND i.identity = 'public') AND i.type <> 'extension' AND coalesce(i.schema, '') !~ '^pg_'
        AND NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.classid = d.classoid AND x.objid = d.objoid AND x.deptype = 'e')`,
  },
  {
    // Settings for the whole server are AWS's; the read-only switch is the one this tool throws.
    name: 'database settings',
    sql: `SELECT coalesce(quote_ident(r.rolname), '(every role)') || CASE s.setdatabase WHEN 0 THEN ' everywhere ' ELSE ' ' END
          || split_part(v, '=', 1) AS key, substr(v, strpos(v, '=') + 1) AS value
      FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) v LEFT JOIN pg_roles r ON r.oid = s.setrole
      WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        AND NOT (s.setdatabase = 0 AND s.setrole = 0) AND coalesce(r.rolname !~ ${reservedRole}, true)
        AND NOT (s.setrole = 0 AND v LIKE 'default\\_transaction\\_read\\_only=%')`,
  },
  {
    // Options hold passwords, and are shown to those only who may use the server.
    name: 'user mappings',
    sql: `SELECT format('%s on %I', m.usename, m.srvname) AS key, encode(sha256(convert_to(m.umoptions::text, 'UTF8')), 'hex') AS value
      FROM pg_user_mappings m WHERE m.usename !~ ${reservedRole}`,
  },
  {
    name: 'owners of large objects',
    sql: `SELECT ${owner('o.lomowner')} AS key, count(*) || ' ' || md5(string_agg(o.oid::text, ' ' ORDER BY o.oid)) AS value
      FROM pg_largeobject_metadata o GROUP BY 1`,
  },
  {
    name: 'database',
    sql: `SELECT p.key, p.value FROM pg_database d CROSS JOIN LATERAL (VALUES
        ('encoding', pg_encoding_to_char(d.encoding)::text), ('collate', d.datcollate::text), ('ctype', d.datctype::text),
        ('locale provider', coalesce(to_jsonb(d) ->> 'datlocprovider', 'c')), ('rules', to_jsonb(d) ->> 'daticurules'),
        ('locale', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale')),
        ('owner', ${owner('d.datdba')}), ('connection limit', d.datconnlimit::text)) p(key, value)
      WHERE d.datname = current_database()`,
  },
  {
    // A server holds SUPERUSER, REPLICATION and BYPASSRLS back from its users; the login's own memberships come with the job.
    name: 'roles',
    sql: `SELECT quote_ident(r.rolname) AS key, jsonb_build_object('login', r.rolcanlogin, 'inherit', r.rolinherit,
        'createDatabase', r.rolcreatedb, 'createRole', r.rolcreaterole, 'connections', r.rolconnlimit,
        'validUntil', r.rolvaliduntil, 'memberOf', (SELECT jsonb_agg(DISTINCT g.rolname ORDER BY g.rolname) FROM pg_auth_members m
          JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid AND g.rolname !~ ${reservedRole}))::text AS value
      FROM pg_roles r WHERE r.rolname !~ ${reservedRole} AND r.rolname <> current_user`,
  },
];
