import { describe, expect, test } from 'vitest';
import { renderReportPage } from '../../../src/views/html/report-page.js';
import { renderTimeline } from '../../../src/views/html/timeline-svg.js';
import { sampleReport } from './sample-report.js';

const page = renderReportPage(sampleReport);

describe('the page of a report', () => {
  test('tells outcome, downtime, verification and the way back', () => {
    for (const text of [
      'Migration production-rag-k3x9f2',
      '15 min 50 s',
      '1 match, 1 differ, 0 not compared',
      'Deploy the template of the target',
      'aws cloudformation delete-stack --stack-name production-rag-aurora-stack',
    ])
      expect(page).toContain(text);
  });

  test('holds the name of a table as text, whatever it says', () => {
    expect(page).not.toMatch(/<script|<img/);
    expect(page).toContain('&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt;');
    expect(page).toContain('\\x1b[31m\\u202egpj');
    expect(page).not.toMatch(/[\u001b\u202e]/);
  });

  test('loads nothing and runs nothing', () => {
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/\s(src|href|on\w+)=["']/);
    expect(page).not.toContain('url(');
  });

  test('lists what differs before what matches', () => {
    expect(page.indexOf('>differ<')).toBeLessThan(page.indexOf('>match<'));
  });

  test('leaves out what a run does not have', () => {
    const bare = renderReportPage({
      ...sampleReport,
      ...{ checks: [], comparisons: [], changes: [], standing: null, remarks: [], undo: [] },
      downtime: null,
    });
    expect(bare.match(/<h2>[^<]*/g)).toEqual(['<h2>Timeline', '<h2>Steps']);
    expect(bare).toContain('not measured');
  });
});

describe('the timeline', () => {
  const svg = renderTimeline(sampleReport);

  test('places a step where it was in the whole run', () => {
    // From second 12 of 1860 for 888 seconds.
    expect(svg).toContain('<rect x="0.65%" y="74" width="47.74%" height="10" class="bar verified"/>');
  });

  test('shows the time without writes', () => {
    expect(svg).toMatch(/<rect x="48.39%" y="0" width="51.08%" height="\d+" class="downtime"\/>/);
    expect(svg).toContain('no writes for 15 min 50 s');
  });

  test('is not there before the first step has begun', () => {
    const steps = sampleReport.steps.map((step) => ({ ...step, startedAt: null, milliseconds: null }));
    expect(renderTimeline({ ...sampleReport, steps })).toBe('');
  });

  test('draws a step that is under way to the end of what is known', () => {
    const [first, ...others] = sampleReport.steps;
    const steps = [{ ...first!, state: 'started', milliseconds: null }, ...others];
    expect(renderTimeline({ ...sampleReport, steps })).toContain(
      'width="100.00%" height="10" class="bar started"',
    );
  });
});
