import { isMap, isScalar, type Pair, type YAMLMap } from 'yaml';
import { PreconditionError } from '../errors.js';
import { parseTemplate, resourceNode } from './stack-template.js';
import { applySplices, rangeOf, type Splice } from './template-splices.js';

/** One attribute that was set; `before` null when it was not there. Enough to take the edit back. */
export interface PolicyChange {
  readonly logicalId: string;
  readonly attribute: 'DeletionPolicy' | 'UpdateReplacePolicy' | 'Metadata';
  readonly before: string | null;
}

export interface EditedTemplate {
  readonly text: string;
  readonly changes: readonly PolicyChange[];
}

const policies = ['DeletionPolicy', 'UpdateReplacePolicy'] as const;
const metadataKey = 'Rds2AuroraRetained';

/**
 * Sets both policies of `logicalIds` to Retain, and marks `marked` in its Metadata: CloudFormation does not count a
 * change of policies alone as an update. Nothing else in the text moves, so that a diff shows these lines only.
 * Source: "UpdateReplacePolicy attribute" and "Troubleshooting CloudFormation".
 */
export function retainResources(
  text: string,
  logicalIds: readonly string[],
  marked: { readonly logicalId: string; readonly value: string },
): EditedTemplate {
  const document = parseTemplate(text);
  const splices: Splice[] = [];
  const changes: PolicyChange[] = [];
  for (const logicalId of logicalIds) {
    const node = resourceNode(document, logicalId);
    for (const attribute of policies) {
      const before = policyOf(node, attribute, logicalId);
      if (before === 'Retain') continue;
      changes.push({ logicalId, attribute, before: before ?? null });
      splices.push(
        before === undefined
          ? insertion(text, node, attribute, 'Retain')
          : replacement(node, attribute, 'Retain'),
      );
    }
  }
  const mark = markMetadata(text, resourceNode(document, marked.logicalId), marked);
  if (mark !== undefined) {
    splices.push(mark);
    changes.push({ logicalId: marked.logicalId, attribute: 'Metadata', before: null });
  }
  return { text: applySplices(text, splices), changes };
}

/**
 * Takes back what `retainResources` did, in the text it made. A text without its mark is another template and stays
 * as it is.
 */
export function restorePolicies(text: string, changes: readonly PolicyChange[]): string {
  const document = parseTemplate(text);
  const isMarked = changes.some(({ logicalId }) =>
    document.hasIn(['Resources', logicalId, 'Metadata', metadataKey]),
  );
  if (!isMarked) return text;
  const splices = changes.flatMap(({ logicalId, attribute, before }): Splice[] => {
    const resource = resourceNode(document, logicalId);
    if (attribute === 'Metadata') return unmarkMetadata(resource);
    if (!resource.has(attribute)) return [];
    return before === null ? removal(resource, attribute) : [replacement(resource, attribute, before)];
  });
  return applySplices(text, splices);
}

function policyOf(node: YAMLMap, attribute: string, logicalId: string): string | undefined {
  if (!node.has(attribute)) return undefined;
  const value: unknown = node.get(attribute);
  if (typeof value === 'string') return value;
  throw new PreconditionError('TemplateNotEditable', `the ${attribute} of ${logicalId} is not a plain word`, {
    why: 'A computed policy cannot be changed by the tool without changing its meaning elsewhere',
    next: [`set ${attribute}: Retain for ${logicalId} in the template yourself, deploy it, and run again`],
  });
}

function markMetadata(
  text: string,
  node: YAMLMap,
  { value }: { readonly value: string },
): Splice | undefined {
  const metadata = node.get('Metadata', true);
  if (isMap(metadata) && metadata.items.length > 0)
    return metadata.has(metadataKey)
      ? undefined
      : insertion(text, metadata, metadataKey, JSON.stringify(value));
  const word = JSON.stringify(value);
  return insertion(
    text,
    node,
    'Metadata',
    node.flow === true ? `{"${metadataKey}": ${word}}` : `{${metadataKey}: ${word}}`,
  );
}

function unmarkMetadata(resource: YAMLMap): Splice[] {
  const metadata = resource.get('Metadata', true);
  if (!isMap(metadata) || !metadata.has(metadataKey)) return [];
  return metadata.items.length === 1 ? removal(resource, 'Metadata') : removal(metadata, metadataKey);
}

/** In front of the first key: there the indentation is known, and no comment of a value is cut from it. */
function insertion(text: string, node: YAMLMap, key: string, value: string): Splice {
  if (node.flow === true) {
    const start = node.items.length > 0 ? rangeOf(node.items[0]?.key)[0] : rangeOf(node)[0] + 1;
    const plain = /^[A-Za-z]+$/.test(value) ? `"${value}"` : value;
    return { start, end: start, text: `"${key}": ${plain}${node.items.length > 0 ? ', ' : ''}` };
  }
  const start = rangeOf(node.items[0]?.key)[0];
  const indentation = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  return { start, end: start, text: `${key}: ${value}\n${indentation}` };
}

function replacement(node: YAMLMap, key: string, value: string): Splice {
  const [start, end] = rangeOf(node.get(key, true));
  return { start, end, text: node.flow === true ? `"${value}"` : value };
}

/** From the key to the next key; what we inserted is never last. */
function removal(node: YAMLMap, key: string): Splice[] {
  const index = node.items.findIndex((pair: Pair) => isScalar(pair.key) && pair.key.value === key);
  const next = node.items[index + 1];
  if (index === -1 || next === undefined) return [];
  return [{ start: rangeOf(node.items[index]?.key)[0], end: rangeOf(next.key)[0], text: '' }];
}
