import { expect, test } from 'vitest';
import { CopyRows, type ScriptEvent } from '../../src/process/copy-rows.js';
import { createRandom } from '../campaigns/state-race.js';

const preamble = [
  '--\n-- PostgreSQL database dump\n--\n\n\\restrict Abc\n',
  "SET statement_timeout = 0;\nSET client_encoding = 'UTF8';\n",
  "SELECT pg_catalog.set_config('search_path', '', false);\n\n",
  '--\n-- Data for Name: t; Type: TABLE DATA; Schema: public; Owner: -\n--\n\n',
].join('');
const script = (copy: string, rows: string): Buffer =>
  Buffer.from(`${preamble}${copy};\n${rows}\\.\n\n\n--\n-- complete\n--\n\\unrestrict Abc\n`);

function read(whole: Buffer, cut: (from: number) => number): ScriptEvent[] {
  const rows = new CopyRows();
  const events: ScriptEvent[] = [];
  for (let from = 0; from < whole.length;) {
    const to = cut(from);
    events.push(...rows.push(whole.subarray(from, to)));
    from = to;
  }
  return events;
}

const textOf = (events: readonly ScriptEvent[]): string =>
  Buffer.concat(events.flatMap((event) => (event.kind === 'rows' ? event.pieces : []))).toString();

test('wherever a script is cut, the same whole rows come out of it', () => {
  const seed = 2026;
  const random = createRandom(seed);
  const rows = '1\té\\N\n\\\\.\tx\n2\t\\.\n\n3\tCOPY x FROM stdin;\n';
  const whole = script('COPY public."ä ""b""" (id, "x;y") FROM stdin', rows);
  for (let n = 0; n < 500; n += 1) {
    const events = read(whole, (from) => from + 1 + Math.floor(random() * random() * whole.length));
    expect(textOf(events), `seed ${seed}, cut ${n}`).toBe(rows);
    for (const event of events) if (event.kind === 'rows') expect(event.pieces.at(-1)?.at(-1)).toBe(0x0a);
    expect(events.filter(({ kind }) => kind !== 'rows')).toEqual([
      {
        kind: 'begin',
        copy: Buffer.from('COPY public."ä ""b""" (id, "x;y") FROM stdin'),
        encoding: 'UTF8',
      },
      { kind: 'end' },
    ]);
  }
});

test('a table without rows has an end', () => {
  const whole = script('COPY public.t (id) FROM stdin', '');
  for (const step of [1, 7, whole.length])
    expect(read(whole, (from) => from + step).map(({ kind }) => kind)).toEqual(['begin', 'end']);
});

test('rows that are cut off have none', () => {
  const whole = script('COPY public.t (id) FROM stdin', '1\n2\n3\n');
  const events = read(whole.subarray(0, whole.indexOf('3\n')), (from) => from + 10);
  expect(events.map(({ kind }) => kind)).not.toContain('end');
});

test.each([
  ['COPY public."a\nb" (id) FROM stdin'],
  ['COPY public.t ("a\nb") FROM stdin'],
  ['COPY public.t ("a FROM stdin;\nDROP TABLE t; COPY b") FROM stdin'],
  ['COPY public."a\nCOPY t FROM PROGRAM \'x\'; COPY t FROM stdin;\n" (id) FROM stdin'],
])('names that hold a newline are not taken for rows or statements: %j', (copy) => {
  for (const step of [1, 9, 10_000])
    expect(read(script(copy, '1\n'), (from) => from + step)).toEqual([{ kind: 'unreadable' }]);
});
