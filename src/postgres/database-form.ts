import type { DatabaseForm } from '../steps/refs.js';
import { quoteIdentifier, quoteLiteral } from './identifier.js';
import type { Session } from './session.js';

/** Of the database the session is in. What a release does not know yet is null (PostgreSQL: pg_database). */
export function readDatabaseForm(session: Session): Promise<DatabaseForm> {
  return session.row<DatabaseForm>(`SELECT pg_encoding_to_char(d.encoding)::text AS encoding,
      d.datcollate::text AS collate, d.datctype::text AS ctype, coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') AS provider,
      coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') AS locale, to_jsonb(d) ->> 'daticurules' AS rules
    FROM pg_database d WHERE d.datname = current_database()`);
}

/** From template0, owned by whoever runs it. @see https://www.postgresql.org/docs/17/sql-createdatabase.html */
export function createDatabaseSql(name: string, form: DatabaseForm): string {
  const options = {
    TEMPLATE: 'template0',
    ENCODING: quoteLiteral(form.encoding),
    ...localeOptions(form),
    LC_COLLATE: quoteLiteral(form.collate),
    LC_CTYPE: quoteLiteral(form.ctype),
  };
  const list = Object.entries(options).map(([option, value]) => `${option} ${value}`);
  return `CREATE DATABASE ${quoteIdentifier(name)} ${list.join(' ')}`;
}

/** None for libc, which releases before 15 had alone. */
function localeOptions({ provider, locale, rules }: DatabaseForm): Record<string, string> {
  if (locale === null) return {};
  if (provider === 'b') return { LOCALE_PROVIDER: 'builtin', BUILTIN_LOCALE: quoteLiteral(locale) };
  return {
    LOCALE_PROVIDER: 'icu',
    ICU_LOCALE: quoteLiteral(locale),
    ...(rules === null ? {} : { ICU_RULES: quoteLiteral(rules) }),
  };
}
