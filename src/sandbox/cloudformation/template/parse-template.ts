import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import { longName, templateTags } from './short-tags.js';
import { templateFormatError } from './template-error.js';
import { isTemplateObject, type TemplateObject, type TemplateValue } from './template-value.js';

/** Reads template text, YAML or JSON, into plain values; short forms come out written in full. Throws `ValidationError`. */
export function parseTemplate(text: string): TemplateObject {
  const parsed = text.trimStart().startsWith('{') ? parseJson(text) : parseYaml(text);
  if (!isTemplateObject(parsed)) throw templateFormatError('unsupported structure.');
  return parsed;
}

function parseJson(text: string): TemplateValue {
  // JSON is read by the YAML reader too: it sees the duplicate keys that JSON.parse lets pass.
  try {
    JSON.parse(text);
  } catch (error) {
    throw templateFormatError(
      `JSON not well-formed. (${error instanceof Error ? error.message : 'unreadable'})`,
    );
  }
  return parseYaml(text);
}

function parseYaml(text: string): TemplateValue {
  const document = parseDocument(text, { schema: 'yaml-1.1', customTags: templateTags, prettyErrors: false });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) {
    const line = text.slice(0, problem.pos[0]).split('\n').length;
    throw templateFormatError(`YAML not well-formed. (line ${line}: ${problem.message})`);
  }
  refuseAliases(document);
  return document.contents === null ? null : toValue(document.contents);
}

/** "Aliases" and "Hash merges" are on CloudFormation's list of YAML it does not support; it also ends alias bombs. */
function refuseAliases(document: Document.Parsed): void {
  visit(document, {
    Alias: () => {
      throw templateFormatError('YAML aliases are not allowed in CloudFormation templates');
    },
  });
}

function toValue(node: Node | null): TemplateValue {
  if (node === null) return null;
  const full = node.tag === undefined ? undefined : longName(node.tag);
  const plain = plainValue(node);
  if (full === undefined) return plain;
  return { [full]: plain };
}

function plainValue(node: Node): TemplateValue {
  if (isScalar(node)) return scalarValue(node.value, node.source);
  if (isSeq<Node | null>(node)) return node.items.map(toValue);
  if (isMap<Node, Node | null>(node)) return Object.fromEntries(node.items.map(entry));
  throw templateFormatError(
    isAlias(node) ? 'YAML aliases are not allowed in CloudFormation templates' : 'unreadable.',
  );
}

function entry(pair: Pair<Node, Node | null>): [string, TemplateValue] {
  if (!isScalar(pair.key)) throw templateFormatError('map keys must be strings');
  return [pair.key.source ?? String(pair.key.value), toValue(pair.value ?? null)];
}

function scalarValue(value: unknown, source: string | undefined): TemplateValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (source !== undefined) return source;
  throw templateFormatError('unsupported value.');
}
