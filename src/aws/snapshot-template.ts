import { isMap, isPair, isScalar, isSeq, visit, type Document, type YAMLMap } from 'yaml';
import { PreconditionError } from '../errors.js';
import { differenceOf } from './line-difference.js';
import { parseTemplate, resourceNode } from './stack-template.js';
import { applySplices, cutPairs, insertPair, rangeOf, type Splice } from './template-splices.js';

/** What a database resource of a template is made from. */
export interface SnapshotSource {
  readonly arn: string;
  readonly encrypted: boolean;
}

/** How a template comes to restore a snapshot. */
export interface SnapshotTemplate {
  readonly text: string;
  /** Parameters that must be given; empty when the text was edited instead. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly logicalId: string;
  /** `- line` and `+ line`: all that differs from the text given. */
  readonly difference: readonly string[];
}

const metadataKey = 'Rds2AuroraSnapshot';

interface Kind {
  readonly property: 'SnapshotIdentifier' | 'DBSnapshotIdentifier';
  /** Properties that a restore refuses, or that would override what the snapshot holds. */
  readonly dropped: readonly string[];
  /** Properties that make the resource from something else. */
  readonly contradicting: readonly string[];
  /** Whether another snapshot may take the place of the one that is named. */
  readonly isRemade: boolean;
}

/** Source: "AWS::RDS::DBCluster" in the CloudFormation template reference, SnapshotIdentifier. */
const clusterKind: Kind = {
  property: 'SnapshotIdentifier',
  dropped: ['MasterUsername', 'MasterUserPassword'],
  contradicting: [
    'GlobalClusterIdentifier',
    'ManageMasterUserPassword',
    'ReplicationSourceIdentifier',
    'RestoreToTime',
    'RestoreType',
    'SourceDBClusterIdentifier',
    'SourceDbClusterResourceId',
    'SourceRegion',
    'UseLatestRestorableTime',
  ],
  isRemade: false,
};

/** Source: "AWS::RDS::DBInstance", DBSnapshotIdentifier: what RestoreDBInstanceFromDBSnapshot does not take is inherited. */
const instanceKind: Kind = {
  property: 'DBSnapshotIdentifier',
  dropped: [
    'MasterUsername',
    'MasterUserPassword',
    'DBName',
    'StorageEncrypted',
    'KmsKeyId',
    'CharacterSetName',
  ],
  contradicting: [
    'SourceDBInstanceIdentifier',
    'RestoreTime',
    'UseLatestRestorableTime',
    'ManageMasterUserPassword',
  ],
  // The stack has been deleted and is made anew: its instance may well come from an earlier snapshot, as after a rollback.
  isRemade: true,
};

/**
 * The template with its Aurora cluster made from a snapshot: by the template's own parameter where it has one, else by
 * an edit that touches these lines only. `MasterUsername` and the password go: the snapshot holds them, and a password
 * in the template would override the snapshot's.
 * @throws PreconditionError when it has no such cluster, several, or one that is made from something else
 */
export function restoreCluster(text: string, snapshot: SnapshotSource): SnapshotTemplate {
  const document = parseTemplate(text);
  const logicalId = findCluster(document);
  const properties = propertiesOf(document, logicalId);
  const keepsPlain =
    !snapshot.encrypted && properties.get('StorageEncrypted') === true && !properties.has('KmsKeyId');
  if (keepsPlain)
    throw refused(
      `the template wants ${logicalId} encrypted, and the snapshot is not`,
      'A restore encrypts only with a key that is named; StorageEncrypted alone is passed over',
      `add KmsKeyId to ${logicalId} in the template, or make the source encrypted first`,
    );
  const kind = { ...clusterKind, dropped: [...clusterKind.dropped, 'StorageEncrypted'] };
  return restore(text, document, { logicalId, kind, arn: snapshot.arn });
}

/** The template with one of its RDS instances made from a snapshot; the same rules. */
export function restoreInstance(text: string, logicalId: string, arn: string): SnapshotTemplate {
  return restore(text, parseTemplate(text), { logicalId, kind: instanceKind, arn });
}

function restore(
  text: string,
  document: Document,
  { logicalId, kind, arn }: { logicalId: string; kind: Kind; arn: string },
): SnapshotTemplate {
  const properties = propertiesOf(document, logicalId);
  const wrong = kind.contradicting.filter((name) => properties.has(name));
  if (wrong.length > 0)
    throw refused(
      `${logicalId} has ${wrong.join(', ')}, which cannot stand beside ${kind.property}`,
      'The template makes the database from something else',
      `take ${wrong.join(', ')} out of the template for this move`,
    );
  const given = properties.get(kind.property, true);
  const isOutdated =
    kind.isRemade && isScalar(given) && given.tag?.startsWith('!') !== true && given.value !== arn;
  if (given !== undefined && !isOutdated) return byItself(text, document, { logicalId, given, kind, arn });
  const value = quote(properties, arn);
  const [start, end] = isOutdated ? rangeOf(given) : [0, 0];
  const splices = [
    ...cutPairs(text, properties, kind.dropped),
    isOutdated ? { start, end, text: value } : insertPair(text, properties, kind.property, value),
    ...noteInMetadata(text, resourceNode(document, logicalId), kind),
  ];
  const edited = applySplices(text, splices);
  return { text: edited, parameters: {}, logicalId, difference: differenceOf(text, edited) };
}

/** The template knows snapshots already: by a parameter, or by this very ARN. */
function byItself(
  text: string,
  document: Document,
  { logicalId, given, kind, arn }: { logicalId: string; given: unknown; kind: Kind; arn: string },
): SnapshotTemplate {
  const declared = document.get('Parameters');
  const names = referencesIn(given).filter((name) => isMap(declared) && declared.has(name));
  const [parameter, ...others] = [...new Set(names)];
  if (parameter !== undefined && others.length === 0)
    return { text, parameters: { [parameter]: arn }, logicalId, difference: [] };
  if (isScalar(given) && given.value === arn) return { text, parameters: {}, logicalId, difference: [] };
  throw refused(
    `${logicalId} has a ${kind.property} already, and it is neither this snapshot nor a parameter`,
    'Another value means another database',
    `take ${kind.property} out of the template, or let it refer to one parameter`,
  );
}

/** Without the snapshot's name CloudFormation would make an empty database in place of this one: said where it is read. */
function noteInMetadata(text: string, resource: YAMLMap, { property }: Kind): Splice[] {
  const note = JSON.stringify(
    `Restored from a snapshot. ${property} must stay in this template, unchanged, for ever: without it CloudFormation replaces the database with an empty one.`,
  );
  const metadata = resource.get('Metadata', true);
  if (isMap(metadata) && metadata.has(metadataKey)) return [];
  if (isMap(metadata) && metadata.items.length > 0) return [insertPair(text, metadata, metadataKey, note)];
  const own = resource.flow === true ? `{"${metadataKey}": ${note}}` : `{${metadataKey}: ${note}}`;
  return [insertPair(text, resource, 'Metadata', own)];
}

function findCluster(document: Document): string {
  const resources = document.get('Resources');
  const clusters = isMap(resources)
    ? resources.items.flatMap(({ key, value }) =>
        isScalar(key) && isMap(value) && value.get('Type') === 'AWS::RDS::DBCluster'
          ? [String(key.value)]
          : [],
      )
    : [];
  const [only, ...others] = clusters;
  if (only !== undefined && others.length === 0) return only;
  throw refused(
    only === undefined
      ? 'the template has no AWS::RDS::DBCluster'
      : `the template has several clusters: ${clusters.join(', ')}`,
    'The snapshot is restored into the one cluster of the template',
    'let target.deploy.template be a template with one Aurora cluster',
  );
}

function propertiesOf(document: Document, logicalId: string): YAMLMap {
  const properties = resourceNode(document, logicalId).get('Properties', true);
  if (isMap(properties) && properties.items.length > 0) return properties;
  throw refused(
    `${logicalId} has no Properties`,
    'There is nothing to restore into',
    'write them out in the template',
  );
}

/** Names that Ref is given, in the short and in the long form, also inside of If. */
function referencesIn(node: unknown): string[] {
  const names: string[] = [];
  const take = (value: unknown): void => {
    if (isScalar(value) && typeof value.value === 'string') names.push(value.value);
  };
  if (!isMap(node) && !isSeq(node) && !isScalar(node)) return names;
  visit(node, {
    Scalar: (_key, value) => {
      if (value.tag === '!Ref') take(value);
    },
    Pair: (_key, pair) => {
      if (isPair(pair) && isScalar(pair.key) && pair.key.value === 'Ref') take(pair.value);
    },
  });
  return names;
}

function quote(map: YAMLMap, value: string): string {
  return map.flow === true ? JSON.stringify(value) : `'${value}'`;
}

function refused(what: string, why: string, fix: string): PreconditionError {
  return new PreconditionError('TemplateNotRestorable', what, { why, next: [fix], changed: false });
}
