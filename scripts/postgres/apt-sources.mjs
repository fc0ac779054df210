// Where this machine's own apt gets its packages from: the archive host is in no file of this project.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One archive: what stands in a sources list, options (such as signed-by) in one-line style.
 * @typedef {{ uri: string, options: string, suites: string[], components: string[] }} Archive
 */

/** @returns {Archive[]} all binary archives of /etc/apt, in order */
export function readArchives(etc = '/etc/apt') {
  const parts = listFiles(join(etc, 'sources.list.d'));
  return [join(etc, 'sources.list'), ...parts].flatMap((file) => {
    const text = read(file);
    if (file.endsWith('.sources')) return parseDeb822(text);
    return file.endsWith('.list') ? parseOneLine(text) : [];
  });
}

/**
 * The same archives for another suite: base (`trixie`) and security (`trixie-security`), each only where
 * this machine takes that of its own suite from. A machine that is on `suite` already is the simple case.
 */
export function sourcesFor(archives, ownSuite, suite) {
  const lines = ['', '-security'].map((pocket) => {
    const own = archives.find(
      (one) => one.suites.includes(ownSuite + pocket) && one.components.includes('main'),
    );
    return own && `deb ${own.options}${own.uri} ${suite}${pocket} main`;
  });
  return { base: lines[0], security: lines[1] };
}

/** @returns {Archive[]} */
export function parseDeb822(text) {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const fields = readFields(paragraph);
    if (!/\bdeb\b(?!-)/.test(fields.types ?? '') || fields.enabled === 'no') return [];
    // A key written out in the file itself cannot stand in one-line style; apt's trusted keys remain.
    const key = fields['signed-by']?.includes('PGP PUBLIC KEY') ? undefined : fields['signed-by'];
    const options = key ? `[signed-by=${words(key).join(',')}] ` : '';
    const common = { options, suites: words(fields.suites), components: words(fields.components) };
    return words(fields.uris).map((uri) => ({ uri, ...common }));
  });
}

/** @returns {Archive[]} */
export function parseOneLine(text) {
  return text.split('\n').flatMap((line) => {
    const match = /^deb\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.*)$/.exec(line.replace(/#.*/, '').trim());
    if (!match) return [];
    const [, options = '', uri, suite, components] = match;
    return [
      {
        uri,
        options: options.trim() && `${options.trim()} `,
        suites: [suite],
        components: words(components),
      },
    ];
  });
}

function readFields(paragraph) {
  const fields = {};
  let last;
  for (const line of paragraph.split('\n')) {
    if (line.startsWith('#')) continue;
    const match = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
    if (match) fields[(last = match[1].toLowerCase())] = match[2].trim();
    else if (last && /^\s+\S/.test(line)) fields[last] += `\n${line.trim()}`;
  }
  return fields;
}

const words = (text = '') => text.split(/\s+/).filter(Boolean);

function listFiles(folder) {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
