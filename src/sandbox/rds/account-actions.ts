import { XmlList } from '../http/xml-list.js';
import { optionalText, texts } from '../services/read-input.js';
import { AwsError, type Action, type AwsStruct } from '../service.js';
import { clusterQuota } from './add-cluster.js';
import { instanceQuota } from './add-instance.js';
import { invalidCombination, invalidValue } from './errors.js';
import type { RdsEvent } from './event-log.js';
import { minutes } from './lifecycle.js';
import { applyFilters, page } from './pages.js';
import { arnOf, type Rds } from './rds.js';
import { snapshotQuota } from './snapshots.js';
import { optionalTime } from '../services/read-input.js';

/** DescribeAccountAttributes: what is used up of each quota. */
const describeQuotas =
  ({ store }: Rds): Action =>
  () => {
    const quotas: [string, number, number][] = [
      ['DBInstances', store.instances.size, instanceQuota],
      ['DBClusters', store.clusters.size, clusterQuota],
      ['ManualSnapshots', store.snapshots.size, snapshotQuota],
      ['ManualClusterSnapshots', store.clusterSnapshots.size, snapshotQuota],
      ['DBSubnetGroups', store.subnetGroups.size, 50],
      ['DBParameterGroups', store.parameterGroups.size, 50],
      ['DBClusterParameterGroups', store.clusterParameterGroups.size, 50],
      ['AllocatedStorage', 0, 100_000],
    ];
    const rows = quotas.map(([AccountQuotaName, Used, Max]) => ({ AccountQuotaName, Used, Max }));
    return { AccountQuotas: new XmlList('AccountQuota', rows) };
  };

const eventView = (event: RdsEvent): AwsStruct => ({
  SourceIdentifier: event.sourceIdentifier,
  SourceType: event.sourceType,
  Message: event.message,
  EventCategories: new XmlList('EventCategory', event.categories),
  Date: event.date,
  SourceArn: event.sourceArn,
});

/** DescribeEvents: of the last hour unless a time is asked for. `SourceIdentifier` requires `SourceType`. */
const describeEvents =
  (rds: Rds): Action =>
  (input) => {
    const source = optionalText(input, 'SourceIdentifier')?.toLowerCase();
    const type = optionalText(input, 'SourceType');
    if (source !== undefined && type === undefined)
      throw invalidCombination('SourceIdentifier can not be specified without SourceType');
    if (input['Filters'] !== undefined) throw invalidValue('Filters are not supported by DescribeEvents.');
    const end = optionalTime(input, 'EndTime') ?? rds.context.clock.now();
    const span = minutes(Number(optionalText(input, 'Duration') ?? 60));
    const start = optionalTime(input, 'StartTime') ?? new Date(end.getTime() - span);
    const categories = texts(input, 'EventCategories');
    const found = rds.events.all().filter(
      (event) =>
        event.date >= start && event.date <= end &&
        (type === undefined || event.sourceType === type) &&
        (source === undefined || event.sourceIdentifier === source) &&
        (categories.length === 0 || event.categories.some((category) => categories.includes(category))),
    ); // prettier-ignore
    return page(input, 'Events', 'Event', found.map(eventView));
  };

/** DescribeCertificates: the certificate authorities by their AWS names; the sandbox's servers are signed by its own. */
const describeCertificates =
  (rds: Rds): Action =>
  (input) => {
    const wanted = optionalText(input, 'CertificateIdentifier');
    const names = ['rds-ca-rsa2048-g1', 'rds-ca-rsa4096-g1', 'rds-ca-ecc384-g1'].filter(
      (name) => wanted === undefined || name === wanted,
    );
    if (names.length === 0)
      throw new AwsError('CertificateNotFound', `Certificate ${wanted ?? ''} not found.`, 404);
    const rows = names.map((name) => ({
      CertificateIdentifier: name,
      CertificateType: 'CA',
      ValidFrom: new Date('2021-05-25T00:00:00Z'),
      ValidTill: new Date('2061-05-25T00:00:00Z'),
      CertificateArn: arnOf(rds, 'cert', name),
      CustomerOverride: false,
    }));
    return {
      DefaultCertificateForNewLaunches: 'rds-ca-rsa2048-g1',
      ...page(input, 'Certificates', 'Certificate', rows),
    };
  };

/** The sandbox keeps no automated backups and plans no maintenance: always none. */
const describeNone =
  (list: string, item: string): Action =>
  (input) =>
    page(input, list, item, applyFilters<AwsStruct>(input, [], {}));

export const accountActions = (rds: Rds): Record<string, Action> => ({
  DescribeAccountAttributes: describeQuotas(rds),
  DescribeEvents: describeEvents(rds),
  DescribeCertificates: describeCertificates(rds),
  DescribeDBInstanceAutomatedBackups: describeNone('DBInstanceAutomatedBackups', 'DBInstanceAutomatedBackup'),
  DescribePendingMaintenanceActions: describeNone(
    'PendingMaintenanceActions',
    'ResourcePendingMaintenanceActions',
  ),
});
