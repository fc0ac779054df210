import tseslint from 'typescript-eslint';
import { local } from './scripts/lint-rules.mjs';

/** Who alone may import a package (docs/architecture.md); everybody else talks to these folders. */
const owners = [
  { packages: '^@aws-sdk/', folders: ['src/aws'], message: 'only src/aws talks to AWS' },
  {
    packages: '^pg(-query-stream)?$',
    folders: ['src/postgres', 'src/sandbox/postgres', 'src/sandbox/scenario', 'src/sandbox/demo'],
    message: 'only src/postgres talks to PostgreSQL',
  },
  { packages: '^execa$', folders: ['src/process'], message: 'only src/process starts programs' },
  { packages: '^listr2$', folders: ['src/views'], message: 'only a view knows listr2' },
  {
    packages: '^(@oclif/|@inquirer/)',
    folders: ['src/commands', 'src/cli'],
    message: 'only commands and src/cli know oclif',
  },
];
const allOwned = owners.map(({ packages, message }) => ({ regex: packages, message }));
const withoutOwned = (folder) =>
  owners
    .filter(({ folders }) => !folders.includes(folder))
    .map(({ packages, message }) => ({ regex: packages, message }));

const restrictImports = (patterns) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
});

const noExit = { object: 'process', property: 'exit', message: 'throw, or set process.exitCode in bin/' };
const noEnvironment = { object: 'process', property: 'env', message: 'only src/config and src/cli read it' };

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'test/fixtures/'] },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { local },
    rules: {
      'local/explained-directive': 'error',
      'local/file-name': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'preserve-caught-error': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['**/*.ts'],
    // The rules that need types are in .oxlintrc.json (docs/decisions/0005-typed-lint.md).
    extends: [tseslint.configs.strict],
    rules: {
      'local/no-double-assertion': 'error',
      'max-lines': ['error', 260],
      'no-console': 'error',
      'no-restricted-properties': ['error', noExit, noEnvironment],
      ...restrictImports(allOwned),
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    // A factory is counted with the functions that it makes.
    rules: { 'max-lines-per-function': ['error', { max: 90, skipBlankLines: true, skipComments: true }] },
  },
  ...owners
    .flatMap(({ folders }) => folders)
    .map((folder) => ({ files: [`${folder}/**/*.ts`], rules: restrictImports(withoutOwned(folder)) })),
  {
    files: ['src/steps/**/*.ts', 'src/paths/**/*.ts', 'src/pipeline/**/*.ts'],
    rules: {
      ...restrictImports([...allOwned, { regex: '^node:', message: 'a step asks its gateways and its io' }]),
      'no-restricted-globals': [
        'error',
        ...['process', 'Date', 'setTimeout', 'setInterval', 'fetch', 'Buffer'].map((name) => ({
          name,
          message: 'a step asks its gateways and its io',
        })),
      ],
    },
  },
  {
    // The places that read the environment; the application of the scenario is a program of its own.
    files: ['src/config/**/*.ts', 'src/cli/**/*.ts', 'src/sandbox/scenario/app.ts'],
    rules: { 'no-restricted-properties': ['error', noExit] },
  },
  { files: ['src/sandbox/scenario/app.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['src/sandbox/daemon/daemon.ts'],
    rules: { 'no-restricted-properties': ['error', noEnvironment] },
  },
  {
    files: ['src/commands/**/*.ts'],
    rules: { 'max-lines': ['error', 90] },
  },
  {
    files: ['test/**/*.ts', 'vitest.config.ts'],
    rules: {
      'max-lines': ['error', 500],
      // A test that cannot be made here says so.
      'no-console': 'off',
      'no-restricted-properties': 'off',
      '@typescript-eslint/no-restricted-imports': 'off',
      // A test may state what it has just set up.
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='vi'][callee.property.name='mock']",
          message: 'pass a fake instead',
        },
        {
          selector: "MemberExpression[object.name=/^(test|it|describe)$/][property.name='only']",
          message: 'leaves the others out',
        },
      ],
    },
  },
  { files: ['**/*.{js,mjs,cjs}'], rules: { 'max-lines': ['error', 250] } },
);
