import { isMap, isNode, isScalar, isSeq, YAMLMap, type Document, type Node } from 'yaml';
import { PreconditionError } from '../errors.js';
import { parseTemplate, readTemplate, resourceNode, type StackTemplate } from './stack-template.js';

/** The database in a template: one cluster, and the instance that becomes its writer. */
export interface TemplateDatabase {
  readonly cluster: string;
  readonly instance: string;
  /** What refers to one of them, directly or not: it can stand only once they do. */
  readonly dependents: readonly string[];
  /** What can stand before them. */
  readonly foundation: readonly string[];
  /** Properties of the cluster that are plain values; the others are expressions that CloudFormation works out. */
  readonly literals: Readonly<Record<string, string>>;
}

/**
 * Stands in the cluster's Metadata while the stack is only imported, so that taking it out is a change: CloudFormation
 * updates outputs only together with a resource. Source: "Outputs" in the CloudFormation User Guide.
 */
const stageKey = 'Rds2AuroraStage';

/** Outputs of the foundation that tell what an expression came to; the prefix is ours. */
const prefix = 'Rds2Aurora';

/** Long lines stay whole, so that a function's text is not folded. */
const unfolded = { lineWidth: 0 } as const;

/** What a restore has to be told, as it stands in the template. */
const asked = [
  'DBClusterIdentifier',
  'EngineVersion',
  'DBSubnetGroupName',
  'DBClusterParameterGroupName',
  'VpcSecurityGroupIds',
  'KmsKeyId',
  'StorageEncrypted',
  'BackupRetentionPeriod',
  'DeletionProtection',
  'EnableIAMDatabaseAuthentication',
  'MinCapacity',
  'MaxCapacity',
] as const;
/** The same of the writer, which an import would bring in with a drift otherwise. */
const askedOfWriter = ['AutoMinorVersionUpgrade'] as const;
export type AskedProperty = (typeof asked)[number] | (typeof askedOfWriter)[number];

/** Values by property; security groups joined by commas. */
export type DatabaseSettings = Readonly<Partial<Record<AskedProperty, string>>>;

/** @throws PreconditionError when the template has not exactly one cluster with one instance. */
export function findDatabase(text: string): TemplateDatabase {
  const document = parseTemplate(text);
  const template = readTemplate(text);
  const cluster = onlyOne(template, 'AWS::RDS::DBCluster', () => true);
  const instance = onlyOne(template, 'AWS::RDS::DBInstance', ({ logicalId, references }) => {
    const node = resourceNode(document, logicalId);
    return references.includes(cluster) && node.hasIn(['Properties', 'DBClusterIdentifier']);
  });
  const dependents = findDependents(template, [cluster, instance]);
  const literals = Object.fromEntries(
    asked.flatMap((name) => {
      const node = propertyOf(document, cluster, name);
      return isScalar(node) && isPlain(node) ? [[name, String(node.value)]] : [];
    }),
  );
  const others = template.resources.map(({ logicalId }) => logicalId);
  const foundation = others.filter((id) => ![cluster, instance, ...dependents].includes(id));
  return { cluster, instance, dependents, foundation, literals };
}

function onlyOne(
  template: StackTemplate,
  type: string,
  holds: (resource: StackTemplate['resources'][number]) => boolean,
): string {
  const found = template.resources.filter((resource) => resource.type === type && holds(resource));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.logicalId;
  throw new PreconditionError(
    'TemplateDatabaseUnclear',
    `the template has ${String(found.length)} resources of type ${type}${type.endsWith('DBInstance') ? ' in the cluster' : ''}`,
    {
      why: 'One cluster with its writer is restored and then brought under the stack',
      next: ['leave one of them in the template and add the others afterwards, or use target.deploy.api'],
      changed: false,
    },
  );
}

function findDependents({ resources }: StackTemplate, roots: readonly string[]): string[] {
  const found = new Set<string>();
  const isTouched = (id: string): boolean => roots.includes(id) || found.has(id);
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const { logicalId, references } of resources)
      if (!roots.includes(logicalId) && references.some(isTouched)) found.add(logicalId);
  }
  return [...found];
}

/**
 * The template as it can be deployed before there is a database: without the cluster, the instance and what depends on
 * them. Outputs of ours tell what the cluster's properties come to, so that CloudFormation itself evaluates them.
 */
export function foundationStage(text: string): string {
  const database = findDatabase(text);
  return stage(text, database, [database.cluster, database.instance, ...database.dependents]);
}

/**
 * The foundation with the cluster and the instance as they are written: the template of an IMPORT change set, which may
 * change neither other resources nor outputs, and asks for a DeletionPolicy. Source: "Import considerations".
 */
export function importStage(text: string): string {
  const database = findDatabase(text);
  const document = parseTemplate(stage(text, database, database.dependents));
  document.setIn(['Resources', database.cluster, 'Metadata', stageKey], 'imported');
  return document.toString(unfolded);
}

function stage(text: string, { cluster, instance }: TemplateDatabase, without: readonly string[]): string {
  const document = parseTemplate(text);
  const expressionsOf = (id: string, names: readonly AskedProperty[]) =>
    names.flatMap((name): [string, Node][] => {
      const node = propertyOf(document, id, name);
      return node === undefined ? [] : [[name, toOutput(document, name, node)]];
    });
  const expressions = [...expressionsOf(cluster, asked), ...expressionsOf(instance, askedOfWriter)];
  for (const id of without) document.deleteIn(['Resources', id]);
  for (const { logicalId } of readTemplate(String(document)).resources)
    if (!document.hasIn(['Resources', logicalId, 'DeletionPolicy']) && isDatabase(document, logicalId))
      document.setIn(['Resources', logicalId, 'DeletionPolicy'], 'Retain');
  const outputs = new YAMLMap();
  for (const [name, value] of expressions) {
    const output = new YAMLMap();
    output.set('Value', value);
    outputs.set(`${prefix}${name}`, output);
  }
  if (outputs.items.length === 0) document.delete('Outputs');
  else document.set('Outputs', outputs);
  return document.toString(unfolded);
}

function isDatabase(document: Document, id: string): boolean {
  const type: unknown = document.getIn(['Resources', id, 'Type']);
  return type === 'AWS::RDS::DBCluster' || type === 'AWS::RDS::DBInstance';
}

/** Outputs are text: a list is joined, and a number or a truth value is quoted. */
function toOutput(document: Document, name: AskedProperty, node: Node): Node {
  if (name === 'VpcSecurityGroupIds') return document.createNode({ 'Fn::Join': [',', node.clone()] });
  return isScalar(node) && isPlain(node) ? document.createNode(String(node.value)) : (node.clone() as Node);
}

/** Without a tag of CloudFormation, which would make it an expression. */
function isPlain(node: Node): boolean {
  return node.tag === undefined || !node.tag.startsWith('!');
}

function propertyOf(document: Document, id: string, name: AskedProperty): Node | undefined {
  const path = ['Resources', id, 'Properties'];
  const scaling =
    name === 'MinCapacity' || name === 'MaxCapacity' ? ['ServerlessV2ScalingConfiguration'] : [];
  const parent = document.getIn([...path, ...scaling], true);
  if (!isMap(parent)) return undefined;
  const node = parent.get(name, true);
  return isNode(node) && (isScalar(node) || isMap(node) || isSeq(node)) ? node : undefined;
}

/** What the outputs of a foundation say. */
export function readSettings(outputs: Readonly<Record<string, string>>): DatabaseSettings {
  return Object.fromEntries(
    [...asked, ...askedOfWriter].flatMap((name) => {
      const value = outputs[`${prefix}${name}`];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
