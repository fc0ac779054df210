import type { AwsStruct, AwsValue } from '../service.js';

/** `a.1.b=x` as a tree; a leaf is the text on the wire. */
type Node = Map<string, Node | string>;

/**
 * Decodes a form body of the AWS query or EC2 protocol into API shapes: `Tags.Tag.1.Key` and `Tags.member.1.Key` become
 * `Tags: [{Key}]`, a flattened `GroupId.1` becomes `GroupId: [...]`, `Map.entry.1.key` becomes a map. Scalars stay text.
 */
export function decodeQuery(body: string, protocol: 'query' | 'ec2'): AwsStruct {
  const root: Node = new Map();
  for (const [path, text] of new URLSearchParams(body)) {
    if (path !== 'Action' && path !== 'Version') plant(root, path.split('.'), text);
  }
  return toStruct(root, protocol === 'query');
}

function plant(root: Node, path: readonly string[], text: string): void {
  let node = root;
  for (const part of path.slice(0, -1)) {
    node = childOf(node, part);
  }
  const last = path.at(-1) ?? '';
  if (!(node.get(last) instanceof Map)) node.set(last, text);
}

function childOf(node: Node, part: string): Node {
  const found = node.get(part);
  if (found !== undefined && typeof found !== 'string') return found;
  const made: Node = new Map<string, Node | string>();
  node.set(part, made);
  return made;
}

function toStruct(node: Node, wrappedLists: boolean): AwsStruct {
  return Object.fromEntries([...node].map(([key, child]) => [key, toValue(child, wrappedLists)]));
}

function toValue(node: Node | string, wrappedLists: boolean): AwsValue {
  if (typeof node === 'string') return node;
  if (isNumbered(node)) return toList(node, wrappedLists);
  const [only] = node;
  if (wrappedLists && node.size === 1 && only !== undefined) {
    const [name, items] = only;
    if (items instanceof Map && isNumbered(items)) {
      const list = toList(items, wrappedLists);
      return name === 'entry' ? toMap(list) : list;
    }
  }
  return toStruct(node, wrappedLists);
}

function isNumbered(node: Node): boolean {
  return node.size > 0 && [...node.keys()].every((key) => /^\d+$/.test(key));
}

function toList(node: Node, wrappedLists: boolean): AwsValue[] {
  return [...node]
    .sort(([left], [right]) => Number(left) - Number(right))
    .map(([, child]) => toValue(child, wrappedLists));
}

/** Most services say `key` and `value`; SNS says `Name` and `Value` of message attributes. */
function toMap(entries: readonly AwsValue[]): AwsStruct {
  const pairs = entries.filter(isStruct).flatMap(({ key, value, Name: name, Value }) => {
    if (typeof key === 'string') return [[key, value] as const];
    return typeof name === 'string' ? [[name, Value] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function isStruct(value: AwsValue): value is AwsStruct {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
