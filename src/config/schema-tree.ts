import { z } from 'zod';
import { configSchema } from './schema.js';

/** As much of a JSON Schema as is needed to walk it. */
interface SchemaNode {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

export interface Leaf {
  readonly path: readonly string[];
  readonly type: string;
}

const scalarTypes = new Set(['string', 'number', 'integer', 'boolean']);

/** Every setting that is a single value, in the order of the schema. Lists and free maps are left out. */
export function listLeaves(node: SchemaNode = root(), path: readonly string[] = []): readonly Leaf[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([key, child]) => listLeaves(child, [...path, key]));
  }
  return node.type !== undefined && scalarTypes.has(node.type) ? [{ path, type: node.type }] : [];
}

/** The settings that the map at `path` may hold. */
export function listKeys(path: readonly (string | number)[]): readonly string[] {
  const node = path.reduce<SchemaNode | undefined>((at, key) => at?.properties?.[key], root());
  return Object.keys(node?.properties ?? {});
}

function root(): SchemaNode {
  return z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode;
}
