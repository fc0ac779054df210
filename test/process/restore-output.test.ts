import { expect, test } from 'vitest';
import { RestoreOutput } from '../../src/process/restore-output.js';
import type { RestoreMessage } from '../../src/process/restore-output.js';
import { seededRandom } from '../../src/sandbox/seeded-random.js';

function read(text: string): RestoreMessage[] {
  const messages: RestoreMessage[] = [];
  const output = new RestoreOutput((message) => messages.push(message));
  for (const line of text.split('\n')) output.line(line);
  output.end();
  return messages;
}

test('an error has all its lines, to the end of its command', () => {
  const messages = read(`pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 215; 1259 16405 TABLE users master
pg_restore: error: could not execute query: ERROR:  type "public.vector" does not exist
LINE 3:     embedding public.vector(8)
                      ^
Command was: CREATE TABLE app.chunks (
    id integer,
    embedding public.vector(8)
);


pg_restore: creating INDEX "app.x"
pg_restore: error: second
pg_restore: warning: errors ignored on restore: 2`);
  expect(messages.map((one) => one.kind)).toEqual(['error', 'item-started', 'error', 'ignored']);
  expect(messages[0]).toMatchObject({
    text: expect.stringContaining('embedding public.vector(8)\n);') as string,
  });
  expect(messages[3]).toEqual({ kind: 'ignored', count: 2 });
});

test('an error in the last line is told', () => {
  expect(read('pg_restore: error: connection to server failed')).toEqual([
    { kind: 'error', text: 'connection to server failed' },
  ]);
});

test('items of a parallel restore begin and end', () => {
  expect(
    read('pg_restore: launching item 3432 TABLE DATA users\npg_restore: finished item 3432 TABLE DATA users'),
  ).toEqual([
    { kind: 'item-started', item: 'TABLE DATA users' },
    { kind: 'item-finished', item: 'TABLE DATA users' },
  ]);
});

test('errors that two workers wrote into one another are two errors', () => {
  const unknown =
    'could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"';
  const messages = read(`pg_restore:pg_restore: error:  error: ${unknown}
Command was: SET transaction_timeout = 0;
${unknown}
Command was: SET transaction_timeout = 0;
pg_restore: creating TABLE "app.users"`);
  const error = { kind: 'error', text: `${unknown}\nCommand was: SET transaction_timeout = 0;` };
  expect(messages).toEqual([error, error, { kind: 'item-started', item: 'TABLE "app.users"' }]);
});

test('a line that has lost its beginning to another one is still a line of its own', () => {
  const messages =
    read(`pg_restore:pg_restore: error:  could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"
Command was: SET transaction_timeout = 0;
skipping item 12713 TABLE DATA t1
pg_restore: error: pg_restore: launching item 12 INDEX a
 COPY failed for table "users": ERROR:  invalid input
CONTEXT:  COPY users, line 1
pg_restore:pg_restore: error:  COPY failed for table "chunks": ERROR:  other
finished item 12 INDEX a`);
  expect(messages.map((one) => ('text' in one ? one.text : one.kind))).toEqual([
    'could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"\nCommand was: SET transaction_timeout = 0;',
    'item-started',
    'COPY failed for table "users": ERROR:  invalid input\nCONTEXT:  COPY users, line 1',
    'COPY failed for table "chunks": ERROR:  other',
    'item-finished',
  ]);
});

test('whatever order the pieces of three workers come in, each error is heard whole and nothing else is', () => {
  const unknown =
    'could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"\nCommand was: SET transaction_timeout = 0;';
  const unread = 'COPY failed for table "users": ERROR:  invalid input\nCONTEXT:  COPY users, line 1';
  const said = [
    ['error: ', unknown],
    ['', 'creating CONSTRAINT "app.users users_address_key"'],
    ['', 'processing data for table "app.chunks"'],
    ['', 'executing SEQUENCE SET users_id_seq'],
    ['error: ', unread],
    ['', 'finished item 12 INDEX a'],
  ];
  for (let seed = 1; seed <= 2000; seed += 1) {
    const random = seededRandom(seed);
    const waiting = Array.from({ length: 3 }, () =>
      said.flatMap(([level = '', body = '']) => ['pg_restore:', ' ', level, `${body}\n`]),
    );
    let text = '';
    while (waiting.some((pieces) => pieces.length > 0))
      text += waiting[Math.floor(random() * waiting.length)]?.shift() ?? '';
    const heard = read(text.trimEnd());
    const errors = heard.flatMap((one) => (one.kind === 'error' ? [one.text] : []));
    expect(errors.toSorted(), `seed ${String(seed)}: ${text}`).toEqual([
      unread,
      unread,
      unread,
      unknown,
      unknown,
      unknown,
    ]);
    expect(heard.filter(({ kind }) => kind === 'item-finished')).toHaveLength(3);
  }
});
