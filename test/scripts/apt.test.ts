import { expect, test } from 'vitest';
import { parseSimulation } from '../../scripts/postgres/apt.mjs';
import { parseDeb822, parseOneLine, sourcesFor } from '../../scripts/postgres/apt-sources.mjs';

const deb822 = `Types: deb
# a comment
URIs: http://archive.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/archive.gpg

Types: deb
URIs: http://archive.example/security
Suites: bookworm-security
Components: main contrib
Signed-By: /usr/share/keyrings/archive.gpg

Types: deb-src
URIs: http://archive.example/debian
Suites: bookworm
Components: main

Enabled: no
Types: deb
URIs: http://other.example/debian
Suites: bookworm
Components: main
`;

test("takes the other suite from the machine's own archives, with their keys", () => {
  expect(sourcesFor(parseDeb822(deb822), 'bookworm', 'trixie')).toEqual({
    base: 'deb [signed-by=/usr/share/keyrings/archive.gpg] http://archive.example/debian trixie main',
    security:
      'deb [signed-by=/usr/share/keyrings/archive.gpg] http://archive.example/security trixie-security main',
  });
});

test('reads one-line sources, options and comments included', () => {
  const text = `
    # deb http://old.example/debian bookworm main
    deb [arch=amd64 signed-by=/k.gpg] http://archive.example/debian bookworm main contrib # ours
    deb-src http://archive.example/debian bookworm main
  `;
  expect(sourcesFor(parseOneLine(text), 'bookworm', 'trixie')).toEqual({
    base: 'deb [arch=amd64 signed-by=/k.gpg] http://archive.example/debian trixie main',
    security: undefined,
  });
});

test('finds nothing on a machine that has only foreign archives', () => {
  const archives = parseOneLine('deb http://tools.example/apt bookworm-tools main');
  expect(sourcesFor(archives, 'bookworm', 'trixie')).toEqual({ base: undefined, security: undefined });
});

test("reads names and versions from apt's simulation", () => {
  const output = 'NOTE: simulation\nInst libpq5 (17.10-1 Debian:13/stable [amd64])\nConf libpq5 (17.10-1)\n';
  expect(parseSimulation(output)).toEqual(new Map([['libpq5', '17.10-1']]));
});
