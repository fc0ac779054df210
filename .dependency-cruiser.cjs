/** The layers of docs/architecture.md. `only` may depend on a folder; all else is refused. */
const onlyFrom = (name, to, from, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: '^src/', pathNot: from },
  to: { path: to },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'two models may name each other by type; what is loaded may not wait for itself',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-packages-in-src',
      comment: 'they are not installed with the published package; types are erased',
      severity: 'error',
      from: { path: '^(src|bin)/', pathNot: '^bin/dev\\.js$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    onlyFrom(
      'nobody-imports-commands',
      '^src/commands/',
      ['^src/commands/'],
      'commands are the outermost layer',
    ),
    onlyFrom(
      'only-commands-import-composition',
      '^src/composition',
      ['^src/commands/', '^src/composition'],
      'one place makes clients, pools, clocks and views',
    ),
    onlyFrom(
      'only-sandbox-commands-import-the-sandbox',
      '^src/sandbox/',
      ['^src/sandbox/', '^src/commands/sandbox/'],
      'the product must not know where it runs',
    ),
    {
      name: 'sandbox-imports-no-product',
      comment: 'one mistake must not hide on both sides',
      severity: 'error',
      from: { path: '^src/sandbox/' },
      to: { path: '^src/', pathNot: '^src/(sandbox/|process/|errors\\.ts$)' },
    },
    {
      name: 'pipeline-knows-no-world',
      severity: 'error',
      from: { path: '^src/pipeline/' },
      to: { path: '^src/', pathNot: '^src/(pipeline/|journal/|errors\\.ts$)' },
    },
    {
      name: 'journal-knows-no-step',
      severity: 'error',
      from: { path: '^src/journal/' },
      to: { path: '^src/', pathNot: '^src/(journal/|pipeline/|errors\\.ts$)' },
    },
    {
      name: 'views-see-events-only',
      severity: 'error',
      from: { path: '^src/views/' },
      to: { path: '^src/', pathNot: '^src/(views/|pipeline/events|errors\\.ts$)' },
    },
    {
      name: 'steps-know-gateways-by-type-only',
      severity: 'error',
      from: { path: '^src/steps/' },
      to: {
        path: '^src/',
        pathNot: '^src/(steps/|pipeline/|errors\\.ts$)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'gateways-know-no-steps',
      severity: 'error',
      from: { path: '^src/(aws|postgres|process|config|checks)/' },
      // refs.ts holds the shapes that steps and gateways hand to one another, ownership.ts whose resource it is,
      // snapshot-name.ts what the name of a snapshot tells.
      to: {
        path: '^src/(steps|paths|views|cli)/',
        pathNot: '^src/steps/(?:refs|ownership|snapshot-name)\\.ts$',
      },
    },
    {
      name: 'errors-import-nothing',
      severity: 'error',
      from: { path: '^src/errors\\.ts$' },
      to: { path: '.' },
    },
    {
      name: 'src-imports-no-tests',
      severity: 'error',
      from: { path: '^(src|bin)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
