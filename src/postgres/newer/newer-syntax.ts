import { namesAfter, newFunctions, newRelations } from './newer-names.js';

interface Syntax {
  readonly since: number;
  readonly what: string;
  /** Of a text without literals, comments and names in quotes. */
  readonly pattern: RegExp;
}

/** What the grammar of a major version takes and that of the one before it refuses. Source: the release notes of each. */
const syntaxes: readonly Syntax[] = [
  { since: 15, what: 'MERGE', pattern: /\bMERGE\s+INTO\b/i },
  { since: 16, what: 'IS JSON', pattern: /\bIS\s+(NOT\s+)?JSON\b/i },
  { since: 16, what: 'JSON_ARRAY', pattern: /\bJSON_ARRAY\s*\(/i },
  { since: 16, what: 'JSON_ARRAYAGG', pattern: /\bJSON_ARRAYAGG\s*\(/i },
  { since: 16, what: 'JSON_OBJECTAGG', pattern: /\bJSON_OBJECTAGG\s*\(/i },
  {
    since: 16,
    what: 'JSON_OBJECT with KEY or VALUE',
    pattern: /\bJSON_OBJECT\s*\([^()]*(?:[^:]:(?![:=])|\bVALUE\b|\bRETURNING\b)/i,
  },
  { since: 16, what: 'SYSTEM_USER', pattern: /(?<![."\w])SYSTEM_USER\b(?!\s*\()/i },
  {
    since: 16,
    what: 'a number like 0xFF or 1_000',
    pattern: /(?<![\w.$])(?:0[xob][0-9a-f]+|\d+_\d[\d_]*)(?!\w)/i,
  },
  { since: 17, what: 'JSON_TABLE', pattern: /\bJSON_TABLE\s*\(/i },
  { since: 17, what: 'JSON_EXISTS', pattern: /\bJSON_EXISTS\s*\(/i },
  { since: 17, what: 'JSON_QUERY', pattern: /\bJSON_QUERY\s*\(/i },
  { since: 17, what: 'JSON_VALUE', pattern: /\bJSON_VALUE\s*\(/i },
  { since: 17, what: 'JSON_SCALAR', pattern: /\bJSON_SCALAR\s*\(/i },
  { since: 17, what: 'JSON_SERIALIZE', pattern: /\bJSON_SERIALIZE\s*\(/i },
  { since: 17, what: 'MERGE … RETURNING', pattern: /\bMERGE\s+INTO\b[^;]*\bRETURNING\b/i },
  { since: 17, what: 'MERGE … WHEN NOT MATCHED BY SOURCE', pattern: /\bNOT\s+MATCHED\s+BY\s+SOURCE\b/i },
  { since: 17, what: 'AT LOCAL', pattern: /\bAT\s+LOCAL\b/i },
  { since: 17, what: 'random(min, max)', pattern: /(?<![."\w])random\s*\(\s*[^)\s]/i },
  { since: 17, what: 'COPY with ON_ERROR', pattern: /\bCOPY\b[^;]*\bON_ERROR\b/i },
];

/** In the order in which they are looked for: what stands inside one of them begins nothing else. */
const quoted =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"/g;

/**
 * Names what is in a text of SQL or PL/pgSQL that a server of major version `major` does not know. It goes by words, so a
 * statement that is put together at run time is not seen; a name of `own` functions of the user is no newer one.
 */
export function findNewerSyntax(sql: string, major: number, own: ReadonlySet<string> = new Set()): string[] {
  const bare = sql.replace(quoted, (text) =>
    text.startsWith('"') ? '"name"' : text.startsWith("'") ? "''" : ' ',
  );
  const found = syntaxes
    .filter(({ since, pattern }) => since > major && pattern.test(bare))
    .map(({ what }) => what);
  const words = new Set(bare.toLowerCase().match(/(?<![\w$])[a-z_][\w$]*(?=\s*\()/g));
  const calls = namesAfter(newFunctions, major).filter((name) => words.has(name) && !own.has(name));
  const relations = namesAfter(newRelations, major).filter((name) =>
    new RegExp(`\\b${name}\\b`, 'i').test(bare),
  );
  return [...found, ...calls.map((name) => `${name}()`), ...relations];
}
