/** A statement of a script, as far as it has to be known before it is run. */
export interface ScannedStatement {
  /** Its first words, in capitals; strings, names in quotes and comments left out. */
  readonly head: string;
  /** From 1. */
  readonly line: number;
}

/** What stands for itself, in the order in which it is looked for. Source: PostgreSQL, "Lexical Structure". */
const tokens = [
  /--[^\n]*/y,
  /\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y,
  /[eE]'(?:[^'\\]|\\[\s\S]|'')*'/y,
  /'(?:[^']|'')*'/y,
  /"(?:[^"]|"")*"/y,
  /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y,
] as const;
const [comment, dollar, , , , word] = tokens;

/**
 * Splits a script at the semicolons between its statements. A body of `BEGIN ATOMIC … END` holds semicolons of its own.
 */
export function scanSql(sql: string): ScannedStatement[] {
  const found: ScannedStatement[] = [];
  let words: string[] = [];
  let [line, depth, atomic] = [1, 0, 0];
  const end = (): void => {
    if (words.length > 0) found.push({ head: words.slice(0, 4).join(' '), line });
    words = [];
  };
  for (let at = 0; at < sql.length;) {
    const [text, isWord] = readToken(sql, at);
    if (isWord) {
      const upper = text.toUpperCase();
      if (words.length === 0) line = lineOf(sql, at);
      if (upper === 'ATOMIC' && words.at(-1) === 'BEGIN') atomic += 1;
      else if (upper === 'CASE' && atomic > 0) atomic += 1;
      else if (upper === 'END' && atomic > 0) atomic -= 1;
      words.push(upper);
    } else if (text === '(') depth += 1;
    else if (text === ')') depth -= 1;
    else if (text === ';' && depth <= 0 && atomic === 0) end();
    else if (text === '\\' && words.length === 0) {
      line = lineOf(sql, at);
      words.push('\\');
    }
    at += text.length;
  }
  end();
  return found;
}

function readToken(sql: string, at: number): [string, boolean] {
  if (sql.startsWith('/*', at)) return [blockComment(sql, at), false];
  for (const token of tokens) {
    token.lastIndex = at;
    const [text] = token.exec(sql) ?? [];
    if (text === undefined) continue;
    if (token !== dollar) return [text, token === word && token !== comment];
    const close = sql.indexOf(text, at + text.length);
    return [sql.slice(at, close < 0 ? sql.length : close + text.length), false];
  }
  return [sql.charAt(at), false];
}

/** They nest. */
function blockComment(sql: string, at: number): string {
  let depth = 0;
  for (let index = at; index < sql.length; index += 1) {
    if (sql.startsWith('/*', index)) depth += 1;
    else if (sql.startsWith('*/', index)) depth -= 1;
    else continue;
    index += 1;
    if (depth === 0) return sql.slice(at, index + 1);
  }
  return sql.slice(at);
}

function lineOf(sql: string, at: number): number {
  return sql.slice(0, at).split('\n').length;
}
