import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, isScalar, isSeq, type Document } from 'yaml';
import { MigrationError } from '../errors.js';
import { findDatabase, type TemplateDatabase } from './stack-stages.js';
import { parseTemplate, readTemplate } from './stack-template.js';

/** A CloudFormation template of this folder that has an Aurora cluster with its writer. */
export interface FoundTemplate {
  /** Relative to the folder, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly logicalIds: readonly string[];
  /** Identifiers, where they follow from the text and the defaults of its parameters. */
  readonly cluster: string | undefined;
  readonly instance: string | undefined;
  /** The output that is the address of the cluster. */
  readonly endpointOutput: string | undefined;
  readonly parametersWithoutDefault: readonly string[];
}

/** CloudFormation takes no longer template in a call. Source: "CloudFormation quotas". */
const longest = 51_200;
const deepest = 5;
const mostFolders = 500;
const templateName = /\.(ya?ml|json|template)$/i;

/** Looks through the folder, at most five levels down; folders that begin with a dot and packages are left out. */
export async function findTemplates(folder: string): Promise<readonly FoundTemplate[]> {
  const found: FoundTemplate[] = [];
  for (const path of await listCandidates(folder)) {
    const text = await readFile(join(folder, path), 'utf8');
    if (!text.includes('AWS::RDS::DBCluster')) continue;
    const template = describeTemplate(path, text);
    if (template !== undefined) found.push(template);
  }
  return found;
}

/** Undefined for what is no template, or has not exactly one cluster with one writer. */
export function describeTemplate(path: string, text: string): FoundTemplate | undefined {
  try {
    const database = findDatabase(text);
    const document = parseTemplate(text);
    const { resources, parameters } = readTemplate(text);
    const identifier = (id: string, name: string): string | undefined =>
      evaluate(document, document.getIn(['Resources', id, 'Properties', name], true));
    return {
      ...{ path, text },
      logicalIds: resources.map(({ logicalId }) => logicalId),
      cluster: identifier(database.cluster, 'DBClusterIdentifier'),
      instance: identifier(database.instance, 'DBInstanceIdentifier'),
      endpointOutput: findEndpointOutput(document, database),
      parametersWithoutDefault: parameters.filter(({ hasDefault }) => !hasDefault).map(({ name }) => name),
    };
  } catch (error) {
    if (error instanceof MigrationError) return undefined;
    throw error;
  }
}

async function listCandidates(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  const folders: { readonly path: string; readonly depth: number }[] = [{ path: '', depth: 0 }];
  for (let index = 0; index < Math.min(folders.length, mostFolders); index += 1) {
    const { path, depth } = folders[index] ?? { path: '', depth: deepest };
    for (const entry of await readdir(join(folder, path), { withFileTypes: true })) {
      const inside = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      if (entry.isDirectory() && depth < deepest) folders.push({ path: inside, depth: depth + 1 });
      if (entry.isFile() && templateName.test(entry.name)) files.push(inside);
    }
  }
  const sized = await Promise.all(
    files.map(async (path) => ({ path, size: (await stat(join(folder, path))).size })),
  );
  return sized
    .filter(({ size }) => size <= longest)
    .map(({ path }) => path)
    .sort();
}

/** Plain text, Ref and Sub of parameters that have a default; anything else is known to CloudFormation alone. */
function evaluate(document: Document, node: unknown): string | undefined {
  const [name, value] = readFunction(node);
  if (typeof value !== 'string') return undefined;
  if (name === undefined) return value;
  if (name === 'Ref') return defaultOf(document, value);
  if (name !== 'Sub') return undefined;
  const parts = [...value.matchAll(/\$\{([^}]*)\}/g)].map(([, parameter = '']) =>
    defaultOf(document, parameter),
  );
  if (parts.includes(undefined)) return undefined;
  return value.replace(/\$\{([^}]*)\}/g, (_all, parameter: string) => defaultOf(document, parameter) ?? '');
}

function defaultOf(document: Document, parameter: string): string | undefined {
  const value: unknown = document.getIn(['Parameters', parameter, 'Default']);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function findEndpointOutput(document: Document, { cluster }: TemplateDatabase): string | undefined {
  const outputs = document.get('Outputs', true);
  const names = isMap(outputs)
    ? outputs.items.flatMap(({ key }) => (isScalar(key) && typeof key.value === 'string' ? [key.value] : []))
    : [];
  const wanted = `${cluster}.Endpoint.Address`;
  return names.find((output) => {
    const [name, value] = readFunction(document.getIn(['Outputs', output, 'Value'], true));
    return name === 'GetAtt' && value === wanted;
  });
}

/** Name and argument of a function in its short (`!Ref X`) or long form; a list of texts is joined by dots. */
function readFunction(node: unknown): readonly [name: string | undefined, value: string | undefined] {
  if (isMap(node)) {
    const [pair, more] = node.items;
    if (pair === undefined || more !== undefined || !isScalar(pair.key)) return ['Map', undefined];
    return [String(pair.key.value).replace(/^Fn::/, ''), plainText(pair.value)];
  }
  if (!isScalar(node) && !isSeq(node)) return [undefined, undefined];
  return [node.tag?.startsWith('!') === true ? node.tag.slice(1) : undefined, plainText(node)];
}

function plainText(node: unknown): string | undefined {
  if (isScalar(node)) return String(node.value);
  if (!isSeq(node)) return undefined;
  return node.items.map((item) => (isScalar(item) ? String(item.value) : '')).join('.');
}
