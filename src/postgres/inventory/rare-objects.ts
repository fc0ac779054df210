import { identity, notOfExtension, owner } from './section.js';
import type { Section } from './section.js';

interface RareKind {
  readonly catalog: string;
  readonly owner?: string;
  /** SQL: what makes the object what it is, as arguments of `jsonb_build_object`; no OIDs, which differ between servers. */
  readonly definition: string;
}

const procedure = (column: string): string => `nullif(o.${column}::oid, 0)::regprocedure`;
const type = (column: string): string => `format_type(nullif(o.${column}, 0), NULL)`;
const operator = (column: string): string => `nullif(o.${column}, 0)::regoperator`;

/** The locale of an ICU collation has moved twice: to a column of its own in 15, and under another name in 17. */
const locale = `coalesce(to_jsonb(o) ->> 'colllocale', to_jsonb(o) ->> 'colliculocale', o.collcollate)`;

const members = `'operators', (SELECT jsonb_agg(jsonb_build_array(m.amopstrategy, m.amoppurpose, m.amopopr::regoperator,
      (SELECT s.opfname FROM pg_opfamily s WHERE s.oid = m.amopsortfamily)) ORDER BY m.amopstrategy, m.amopopr::regoperator::text)
      FROM pg_amop m WHERE m.amopfamily = o.oid),
    'functions', (SELECT jsonb_agg(jsonb_build_array(m.amprocnum, format_type(m.amproclefttype, NULL), m.amproc::oid::regprocedure)
      ORDER BY m.amprocnum, format_type(m.amproclefttype, NULL), format_type(m.amprocrighttype, NULL))
      FROM pg_amproc m WHERE m.amprocfamily = o.oid)`;

const mapping = `'mapping', (SELECT jsonb_agg(jsonb_build_array(k.alias, m.mapdict::regdictionary) ORDER BY k.alias, m.mapseqno)
      FROM pg_ts_config_map m JOIN ts_token_type(o.cfgparser) k ON k.tokid = m.maptokentype WHERE m.mapcfg = o.oid)`;

const kinds: readonly RareKind[] = [
  {
    catalog: 'pg_collation',
    owner: 'collowner',
    definition: `'provider', o.collprovider, 'locale', ${locale}, 'deterministic', o.collisdeterministic,
      'ctype', CASE o.collprovider WHEN 'c' THEN o.collctype END, 'rules', to_jsonb(o) ->> 'collicurules'`,
  },
  {
    catalog: 'pg_operator',
    owner: 'oprowner',
    definition: `'function', ${procedure('oprcode')}, 'result', ${type('oprresult')}, 'commutator', ${operator('oprcom')},
      'negator', ${operator('oprnegate')}, 'restrict', ${procedure('oprrest')}, 'join', ${procedure('oprjoin')},
      'merges', o.oprcanmerge, 'hashes', o.oprcanhash`,
  },
  {
    catalog: 'pg_opclass',
    owner: 'opcowner',
    definition: `'for', ${type('opcintype')}, 'stores', ${type('opckeytype')}, 'default', o.opcdefault`,
  },
  { catalog: 'pg_opfamily', owner: 'opfowner', definition: members },
  {
    catalog: 'pg_conversion',
    owner: 'conowner',
    definition: `'from', pg_encoding_to_char(o.conforencoding), 'to', pg_encoding_to_char(o.contoencoding),
      'function', ${procedure('conproc')}, 'default', o.condefault`,
  },
  {
    catalog: 'pg_ts_config',
    owner: 'cfgowner',
    definition: `'parser', (SELECT p.prsname FROM pg_ts_parser p WHERE p.oid = o.cfgparser), ${mapping}`,
  },
  {
    catalog: 'pg_ts_dict',
    owner: 'dictowner',
    definition: `'template', (SELECT t.tmplname FROM pg_ts_template t WHERE t.oid = o.dicttemplate), 'options', o.dictinitoption`,
  },
  {
    catalog: 'pg_language',
    owner: 'lanowner',
    definition: `'trusted', o.lanpltrusted, 'handler', ${procedure('lanplcallfoid')}, 'inline', ${procedure('laninline')},
      'validator', ${procedure('lanvalidator')}`,
  },
  {
    catalog: 'pg_foreign_data_wrapper',
    owner: 'fdwowner',
    definition: `'handler', ${procedure('fdwhandler')}, 'validator', ${procedure('fdwvalidator')}, 'options', o.fdwoptions`,
  },
  {
    catalog: 'pg_foreign_server',
    owner: 'srvowner',
    definition: `'wrapper', (SELECT w.fdwname FROM pg_foreign_data_wrapper w WHERE w.oid = o.srvfdw), 'type', o.srvtype,
      'version', o.srvversion, 'options', o.srvoptions`,
  },
  {
    catalog: 'pg_cast',
    definition: `'function', ${procedure('castfunc')}, 'context', o.castcontext, 'method', o.castmethod`,
  },
  {
    catalog: 'pg_transform',
    definition: `'from', ${procedure('trffromsql')}, 'to', ${procedure('trftosql')}`,
  },
  { catalog: 'pg_am', definition: `'handler', ${procedure('amhandler')}, 'type', o.amtype` },
  {
    catalog: 'pg_ts_parser',
    definition: `'start', ${procedure('prsstart')}, 'token', ${procedure('prstoken')}, 'end', ${procedure('prsend')}`,
  },
  {
    catalog: 'pg_ts_template',
    definition: `'init', ${procedure('tmplinit')}, 'lexize', ${procedure('tmpllexize')}`,
  },
];

/** Objects that few databases have. OIDs from 16384 on are not PostgreSQL's own. */
export const rareSection: Section = {
  name: 'other objects',
  sql: kinds
    .map(
      (one) => `SELECT ${identity(one.catalog, 'o.oid')} AS key, jsonb_build_object(
          'owner', ${one.owner === undefined ? 'NULL' : owner(`o.${one.owner}`)}, ${one.definition})::text AS value
        FROM ${one.catalog} o WHERE o.oid >= 16384 AND ${notOfExtension(one.catalog, 'o.oid')}`,
    )
    .join(' UNION ALL '),
};
