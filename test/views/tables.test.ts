import { describe, expect, it } from 'vitest';
import { countComparisons, renderComparisons } from '../../src/views/checks-table.js';
import { formatBytes, formatCount, formatDuration } from '../../src/views/quantity.js';
import { renderReport } from '../../src/views/report-markdown.js';
import type { Report } from '../../src/views/report.js';
import { renderTable } from '../../src/views/table.js';

const report: Report = {
  schema: 'rds2aurora/report@1',
  run: 'rag-a1b2c3',
  path: 'dump-restore',
  outcome: 'finished',
  toolVersion: '0.1.0',
  startedAt: '2026-11-23T14:00:00.000Z',
  lastAt: '2026-11-23T14:10:00.000Z',
  totalMilliseconds: 600_000,
  downtime: { from: '2026-11-23T14:02:00.000Z', to: '2026-11-23T14:06:30.000Z', milliseconds: 270_000 },
  source: 'us-east-1/rag-db',
  target: 'rag-cluster',
  steps: [],
  checks: [{ check: 'cluster', result: 'pass', detail: '<script>|x|</script> [a](http://b)' }],
  comparisons: [{ item: 'rows of public.chunks', result: 'match', source: '10', target: '10' }],
  changes: [],
  standing: {
    ...{ currency: 'USD', asOf: '2026-08', perHour: null, remark: 'without storage' },
    lines: [
      { what: 'source instance rag-db', per: 'hour', usd: [0.016, 0.016], basis: 'db.t4g.micro' },
      { what: 'snapshot last', per: 'month', usd: null, basis: 'until it is deleted' },
    ],
  },
  remarks: [],
  undo: [{ step: 'switch-secret', note: ['aws a --b c', 'psql ```d```'] }],
};

describe('a table', () => {
  it('aligns columns, escapes cells and leaves out columns without content', () => {
    const rows = [
      { name: 'a\nb', size: 1 },
      { name: '向量', size: 1000 },
    ];
    const text = renderTable(rows, [
      { title: 'NAME', cell: (row) => row.name },
      { title: 'EMPTY', cell: () => '' },
      { title: 'SIZE', align: 'right', cell: (row) => String(row.size) },
    ]);
    expect(text).toBe(['NAME  SIZE', 'a\\nb     1', '向量  1000'].join('\n'));
  });

  it('shows what differs before what matches, and counts all three results', () => {
    const comparisons = [
      { item: 'tables', result: 'match' },
      { item: 'large objects', result: 'not-compared', detail: 'none' },
      { item: 'sequences', result: 'differ', source: '7', target: '6' },
    ] as const;
    const lines = renderComparisons(comparisons).split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'RESULT',
      'differ',
      'not-compared',
      'match',
      '1',
    ]);
    expect(countComparisons(comparisons)).toBe('1 match, 1 differ, 1 not compared');
  });
});

describe('quantities', () => {
  it.each([
    [0, '0 ms'],
    [1499, '1 s'],
    [59_999, '1 min'],
    [61_000, '1 min 1 s'],
    [7_380_000, '2 h 3 min'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('counts bytes in binary multiples and rows in groups of three', () => {
    expect([512, 1536, 10_485_760].map(formatBytes)).toEqual(['512 B', '1.5 KiB', '10 MiB']);
    expect([999, 1000, 1_234_567].map(formatCount)).toEqual(['999', '1,000', '1,234,567']);
  });
});

describe('the report in Markdown', () => {
  it('states the downtime and the way back', () => {
    const text = renderReport(report);
    expect(text).toContain('| Application could not write | 4 min 30 s (');
    expect(text).toContain(
      ['1. switch-secret', '', '    ````sh', '    aws a --b c', '    psql ```d```', '    ````'].join('\n'),
    );
    expect(text).toContain('## Comparison: 1 match, 0 differ, 0 not compared');
  });

  it('tells what stands and costs, and what nobody knows the price of', () => {
    const text = renderReport(report);
    expect(text).toContain('| source instance rag-db | 0.016 per hour | db.t4g.micro |');
    expect(text).toContain('| snapshot last | not known | until it is deleted |');
    expect(text).toContain('| all that is paid for by the hour | not known |  |');
  });

  it('lets no foreign text become markup', () => {
    expect(renderReport(report)).toContain('\\<script\\>\\|x\\|\\</script\\> \\[a\\](http://b)');
  });
});
