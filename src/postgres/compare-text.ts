/**
 * Brings definitions to a form in which two major versions print them alike. From PostgreSQL 16 on columns are no
 * longer qualified where one table is read, and blanks and brackets have changed now and then.
 */
export function looseDefinition(text: string): string {
  return text
    .replace(/\\n/g, ' ')
    .replace(/\b[a-z_][a-z0-9_$]*\.(?=[a-z_"])/g, '')
    .replace(/[\s()]+/g, '');
}
