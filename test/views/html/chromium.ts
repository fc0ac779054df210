import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);
const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome-headless-shell',
];

/** A test asks nobody outside of this machine, and a browser does of its own accord. */
const silent = [
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
];

/** A headless browser of the machine, if it has one. */
export const chromium: string | undefined = names
  .flatMap((name) => (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find(isExecutable);

/** What a browser made of a page. */
export interface Rendered {
  /** Width of what is to be scrolled to, in pixels. */
  readonly width: number;
  readonly title: string;
  /** Tags of all elements of the body. */
  readonly tags: readonly string[];
}

/** The page in a frame of that width, since a browser's own window cannot be as narrow as a telephone. */
function framed(page: string, width: number): string {
  const text = page.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<!doctype html><iframe width="${width}" height="900" style="border:0" srcdoc="${text}"></iframe><script>
addEventListener('load', () => {
  const { body, documentElement, title } = document.querySelector('iframe').contentDocument;
  const tags = [...new Set([...body.querySelectorAll('*')].map((one) => one.localName))];
  document.body.dataset.found = JSON.stringify({ width: documentElement.scrollWidth, title, tags });
});</script>`;
}

/** Renders a page at a width in pixels. */
export async function renderInChromium(browser: string, page: string, width: number): Promise<Rendered> {
  const folder = await mkdtemp(join(tmpdir(), 'rds2aurora-page-'));
  try {
    const file = join(folder, 'page.html');
    await writeFile(file, framed(page, width));
    const options = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', ...silent];
    const { stdout } = await run(browser, [
      ...options,
      `--user-data-dir=${join(folder, 'profile')}`,
      '--window-size=1400,900',
      '--dump-dom',
      `file://${file}`,
    ]);
    const found = /data-found="([^"]*)"/.exec(stdout)?.[1];
    if (found === undefined) throw new Error(`the browser gave no measurement: ${stdout.slice(0, 300)}`);
    return JSON.parse(found.replaceAll('&quot;', '"').replaceAll('&amp;', '&')) as Rendered;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
