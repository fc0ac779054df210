import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import { PreconditionError } from '../errors.js';

export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly deletionPolicy: string | undefined;
  readonly updateReplacePolicy: string | undefined;
  /** Logical ids of the resources it refers to or depends on. */
  readonly references: readonly string[];
}

/** What the tool needs to know of a CloudFormation template, in YAML or in JSON. */
export interface StackTemplate {
  readonly resources: readonly TemplateResource[];
  readonly parameters: readonly { readonly name: string; readonly hasDefault: boolean }[];
  readonly outputs: readonly string[];
}

/** @throws PreconditionError when the text is no template. */
export function readTemplate(text: string): StackTemplate {
  const document = parseTemplate(text);
  const ids = new Set(entriesOf(document, 'Resources').map(([id]) => id));
  return {
    resources: entriesOf(document, 'Resources').map(([logicalId, node]) => ({
      logicalId,
      type: textAt(node, 'Type') ?? '',
      deletionPolicy: textAt(node, 'DeletionPolicy'),
      updateReplacePolicy: textAt(node, 'UpdateReplacePolicy'),
      references: referencesIn(node).filter((id) => ids.has(id) && id !== logicalId),
    })),
    parameters: entriesOf(document, 'Parameters').map(([name, node]) => ({
      name,
      hasDefault: isMap(node) && node.has('Default'),
    })),
    outputs: entriesOf(document, 'Outputs').map(([name]) => name),
  };
}

/**
 * The instance and all that must outlive the stack with it: what it refers to, directly or not, the secret, and the
 * attachments of that secret, whose removal would strip host and port from it.
 */
export function closureOf(template: StackTemplate, roots: readonly string[]): string[] {
  const byId = new Map(template.resources.map((resource) => [resource.logicalId, resource]));
  const closure = new Set<string>();
  const add = (id: string): void => {
    const resource = byId.get(id);
    if (resource === undefined || closure.has(id)) return;
    closure.add(id);
    resource.references.forEach(add);
  };
  roots.forEach(add);
  for (const { logicalId, type, references } of template.resources)
    if (type === 'AWS::SecretsManager::SecretTargetAttachment' && references.some((id) => roots.includes(id)))
      add(logicalId);
  return template.resources.map(({ logicalId }) => logicalId).filter((id) => closure.has(id));
}

/** Parses without giving tags like !Ref a meaning: the nodes keep them, and their places in the text. */
export function parseTemplate(text: string): Document {
  const document: Document = parseDocument(text, { logLevel: 'silent', prettyErrors: true });
  const [error] = document.errors;
  if (error === undefined && isMap(document.contents) && document.has('Resources')) return document;
  throw new PreconditionError('TemplateUnreadable', 'the text is not a CloudFormation template', {
    why: error?.message ?? 'It has no Resources',
    changed: false,
  });
}

export function resourceNode(document: Document, logicalId: string): YAMLMap {
  const node = document.getIn(['Resources', logicalId], true);
  if (isMap(node)) return node;
  throw new PreconditionError(
    'TemplateNotEditable',
    `the resource ${logicalId} is not written out as a map in the template`,
    {
      why: 'An alias or a macro cannot be edited in place',
    },
  );
}

function entriesOf(document: Document, section: string): [string, Node | null][] {
  const map = document.get(section, true);
  if (!isMap(map)) return [];
  return map.items.flatMap((pair): [string, Node | null][] =>
    isScalar(pair.key) ? [[String(pair.key.value), (pair.value ?? null) as Node | null]] : [],
  );
}

function textAt(node: Node | null, key: string): string | undefined {
  const value: unknown = isMap(node) ? node.get(key) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Ref, GetAtt, Sub and DependsOn, in the short and in the long form. */
function referencesIn(node: Node | null): string[] {
  const found = new Set<string>();
  if (node === null) return [];
  visit(node, {
    Node: (_key, value) => {
      const name =
        typeof value.tag === 'string' && value.tag.startsWith('!') ? value.tag.slice(1) : undefined;
      if (name !== undefined) referencesOf(name, value).forEach((id) => found.add(id));
    },
    Pair: (_key, pair) => {
      const name = isScalar(pair.key) ? String(pair.key.value) : '';
      if (isPair(pair)) referencesOf(name.replace(/^Fn::/, ''), pair.value).forEach((id) => found.add(id));
    },
  });
  return [...found];
}

function referencesOf(intrinsic: string, value: unknown): string[] {
  const texts = isSeq(value)
    ? value.items.flatMap((item) => (isScalar(item) && typeof item.value === 'string' ? [item.value] : []))
    : isScalar(value) && typeof value.value === 'string'
      ? [value.value]
      : [];
  const [first = ''] = texts;
  if (intrinsic === 'Ref') return [first];
  if (intrinsic === 'GetAtt') return [first.split('.')[0] ?? ''];
  if (intrinsic === 'DependsOn') return texts;
  if (intrinsic !== 'Sub') return [];
  return [...first.matchAll(/\$\{([A-Za-z0-9]+)(?:\.[^}]*)?\}/g)].map((match) => match[1] ?? '');
}
