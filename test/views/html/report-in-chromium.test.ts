import { describe, expect, test } from 'vitest';
import { renderReportPage } from '../../../src/views/html/report-page.js';
import { chromium, renderInChromium } from './chromium.js';
import { sampleReport } from './sample-report.js';

describe.skipIf(chromium === undefined)('a report in a browser (needs Chromium on the PATH)', () => {
  test.each([1280, 390])('fits a window %i pixels wide, and obeys no name of a table', async (width) => {
    const found = await renderInChromium(chromium ?? '', renderReportPage(sampleReport), width);
    expect(found.width).toBeLessThanOrEqual(width);
    expect(found.title).toBe(`Migration ${sampleReport.run}`);
    expect(found.tags).toContain('svg');
    expect(found.tags).not.toContain('script');
    expect(found.tags).not.toContain('img');
  });
});
