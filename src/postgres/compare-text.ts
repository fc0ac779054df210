/** Sections whose definitions name columns by their table, or not, as the major version has it. */
const qualified = /^(views|rules|functions)$/;

/** Literals and names in quotes first: what stands in them is part of the definition. */
const tokens =
  /'(?:[^']|'')*'|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|("(?:[^"]|"")*"|[\p{L}_][\p{L}\w$]*)(\.(?=["\p{L}_*]))?|[\s()]+|[^]/gu;

/**
 * Brings a value of a section to a form in which two major versions print it alike. From PostgreSQL 16 on columns are no
 * longer qualified where one table is read, and blanks and brackets have changed now and then.
 */
export function looseDefinition(section: string, value: string): string {
  return JSON.stringify(mapTexts(parse(value), (text) => loosen(text, qualified.test(section))));
}

/** Values that are no JSON, such as comments, are as the user wrote them. */
function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return { exactly: value };
  }
}

function mapTexts(value: unknown, map: (text: string) => string, name = ''): unknown {
  if (typeof value === 'string') return name === 'exactly' ? value : map(value);
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapTexts(one, map, key)]));
}

function loosen(sql: string, dropsQualifiers: boolean): string {
  return sql.replace(tokens, (token: string, _tag: string, word?: string, dot?: string) => {
    if (word !== undefined) return dot !== undefined && dropsQualifiers ? '' : token;
    return /^[\s()]/.test(token) ? '' : token;
  });
}
