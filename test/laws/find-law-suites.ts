import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The first words of all calls of `describeStepLaws` in test files below `folder`. */
export function findLawSuites(folder: string): ReadonlySet<string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Set(
    files
      .filter((file) => file.endsWith('.test.ts'))
      .flatMap((file) => readLawSuites(readFileSync(join(folder, file), 'utf8'))),
  );
}

/** Of one file's text. Parsed, not searched, so that what is commented out does not count. */
export function readLawSuites(text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const name = node.expression.text === 'describeStepLaws' ? textOf(node.arguments[0]) : undefined;
      if (name !== undefined) found.push(name.split(',')[0] ?? '');
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('laws.test.ts', text, ts.ScriptTarget.Latest));
  return found;
}

/** What a literal begins with. */
function textOf(node: ts.Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isTemplateExpression(node) ? node.head.text : undefined;
}
