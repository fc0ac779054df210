import pg from 'pg';
import { UsageError } from '../errors.js';

/**
 * Quotes a name for use in SQL text.
 * @throws UsageError for a name that PostgreSQL cannot hold (NUL ends a string in its protocol).
 */
export function quoteIdentifier(name: string): string {
  return pg.escapeIdentifier(checked(name));
}

/** `schema.name`, both quoted. */
export function quoteQualified(schema: string, name: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** Quotes a value for the statements that take no parameters, such as ALTER DATABASE and COMMENT. */
export function quoteLiteral(value: string): string {
  return pg.escapeLiteral(checked(value));
}

function checked(text: string): string {
  if (text === '' || text.includes('\0')) {
    throw new UsageError('InvalidIdentifier', `not a name PostgreSQL can hold: ${JSON.stringify(text)}`);
  }
  return text;
}
