import type { Report } from '../../../src/views/report.js';

/** Names that somebody could give a table, to see whether a report obeys them. */
export const hostileName = `public.<script>document.title='owned'</script>"'><img src=x onerror=alert(1)> \u001b[31m\u202egpj`;

const at = (seconds: number): string =>
  new Date(Date.parse('2026-11-23T22:00:00.000Z') + 1000 * seconds).toISOString();

const steps: readonly (readonly [id: string, title: string, from: number, to: number])[] = [
  ['check-readiness', 'Check that everything is ready', 0, 12],
  ['deploy-target-template', 'Deploy the template of the target', 12, 900],
  ['pause-writers', 'Pause the writers', 900, 940],
  ['dump-database', 'Dump the source', 940, 1180],
  ['restore-database', 'Restore into the target', 1180, 1700],
  ['verify-data', 'Verify the data', 1700, 1790],
  ['resume-application', 'Resume the application on the new database', 1790, 1850],
];

/** A finished run of half an hour. */
export const sampleReport: Report = {
  schema: 'rds2aurora/report@1',
  run: 'production-rag-k3x9f2',
  path: 'dump-restore',
  outcome: 'finished',
  toolVersion: '0.1.0',
  startedAt: at(0),
  lastAt: at(1860),
  totalMilliseconds: 1_860_000,
  downtime: { from: at(900), to: at(1850), milliseconds: 950_000 },
  source: 'us-east-1/production-rag-db',
  target: 'us-east-1/production-rag-cluster',
  steps: steps.map(([id, title, from, to]) => ({
    ...{ id, title, state: 'verified', attempts: 1 },
    ...{ startedAt: at(from), milliseconds: 1000 * (to - from) },
  })),
  checks: [
    { check: 'cluster status', result: 'pass', detail: 'production-rag-cluster is available' },
    { check: 'pgvector', result: 'not-checked', detail: 'the login was refused' },
  ],
  comparisons: [
    { item: 'tables', result: 'match', source: '10', target: '10' },
    {
      item: `rows of ${hostileName}`,
      result: 'differ',
      source: '100 rows',
      target: '99 rows',
      detail: 'id 7',
    },
  ],
  changes: [
    {
      step: 'deploy-target-template',
      call: 'cloudformation:ExecuteChangeSet',
      key: 'production-rag-aurora-stack',
      arn: 'arn:aws:cloudformation:us-east-1:111122223333:stack/production-rag-aurora-stack/5a1c8e8e-3c1d-4b5e-9a55-2f1f1f0d7e11',
      requestId: '7d3f1c1a-0f5c-4a39-8b53-6c1f2f6d9c10',
    },
  ],
  standing: {
    currency: 'USD',
    asOf: '2026-08',
    lines: [
      {
        ...{ what: 'source instance production-rag-db', per: 'hour', usd: [0.016, 0.016] },
        basis: 'db.t4g.micro, Single-AZ',
      },
      { what: `snapshot ${hostileName}`, per: 'month', usd: null, basis: 'until it is deleted' },
    ],
    perHour: [0.016, 0.016],
    remark: 'estimated from public on-demand prices of 2026-08, without storage',
  },
  remarks: [`These roles have no password on the target yet, set them: ${hostileName}`],
  undo: [
    {
      step: 'deploy-target-template',
      note: ['aws cloudformation delete-stack --stack-name production-rag-aurora-stack', `# ${hostileName}`],
    },
  ],
};
