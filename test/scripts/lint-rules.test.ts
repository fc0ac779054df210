import { ESLint } from 'eslint';
import { expect, test } from 'vitest';

const eslint = new ESLint();

/** Rules that complain of `code` as `file`; JavaScript files, because typed rules want a file on disk. */
async function complaintsOf(file: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath: file });
  return (result?.messages ?? []).map((message) => message.ruleId);
}

test.each(['utils.mjs', 'helper.mjs', 'common.test.mjs', 'MyThing.mjs'])(
  'refuses the file name %s',
  async (name) => {
    expect(await complaintsOf(`scripts/${name}`, 'export const a = 1;\n')).toEqual(['local/file-name']);
  },
);

test('takes a name that says what is inside', async () => {
  expect(await complaintsOf('scripts/base-command.mjs', 'export const a = 1;\n')).toEqual([]);
});

test('wants a reason for switching a rule off', async () => {
  const code = '// eslint-disable-next-line eqeqeq\nexport const a = 1 == 2;\n';
  expect(await complaintsOf('scripts/a-thing.mjs', code)).toEqual(['local/explained-directive']);
});
