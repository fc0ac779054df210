import { parse, stringify } from 'yaml';
import { configSchema } from './schema.js';

/** What `rds2aurora.yaml` is to say; the rest is left at its default, and told in comments. */
export interface ConfigDraft {
  /** Path or address of the JSON Schema, for editors. */
  readonly schema: string;
  readonly name: string;
  readonly region: string;
  readonly source: {
    readonly instance: string;
    readonly database: string;
    readonly user: string;
    readonly secret: string;
    readonly stack: string | undefined;
  };
  readonly target: {
    readonly cluster: string;
    readonly instance: string;
    /** Undefined: no stack, the cluster is created through the RDS API. */
    readonly stack: string | undefined;
    readonly template: DraftTemplate | undefined;
  };
  readonly app:
    | { readonly ecsCluster: string; readonly ecsService: string; readonly logGroup: string | undefined }
    | undefined;
}

interface DraftTemplate {
  readonly path: string;
  readonly capabilities: readonly string[];
  readonly parametersWithoutDefault: readonly string[];
  readonly endpointOutput: string | undefined;
}

/** The text of a configuration file, with comments for whoever edits it. */
export function renderConfig(draft: ConfigDraft): string {
  const { source } = draft;
  const all = [
    `# yaml-language-server: $schema=${comment(draft.schema)}`,
    `# How ${comment(draft.name)} moves from RDS for PostgreSQL to Aurora PostgreSQL Serverless v2. Written by: rds2aurora init`,
    '# Paths are relative to this file. No password belongs in it. Next: rds2aurora plan dump-restore',
    setting('name', draft.name, 'run ids start with it'),
    setting('region', draft.region),
    '',
    'source:',
    indented([
      setting('instance', source.instance),
      setting('database', source.database),
      setting('user', source.user, 'master user'),
      setting(
        'secret',
        source.secret,
        'Secrets Manager; host and password are read from there, never from here',
      ),
      source.stack === undefined
        ? '# stack: NAME # the CloudFormation stack that owns the instance; none was found'
        : setting('stack', source.stack, 'owns the instance'),
    ]),
    '',
    'target:',
    indented(targetLines(draft)),
    '',
    ...appLines(draft),
    '',
    'verify: { rows: checksum } # or count: quicker, proves less',
    '',
    'finalize: { soakHours: 168 } # how long the source is kept before `finalize` may end it',
    '',
    '# notify: # who is told of start, questions, failure and end',
    '#   exec: [./notify.sh]',
  ];
  return `${all.join('\n')}\n`;
}

/** Why the text is no valid configuration, e.g. for a name with spaces; none when it is one. */
export function findConfigProblems(text: string): readonly string[] {
  const checked = configSchema.safeParse(parse(text));
  if (checked.success) return [];
  return checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

function targetLines({ source, target }: ConfigDraft): readonly string[] {
  const { cluster, instance, stack, template } = target;
  const inPlace = stack !== undefined && stack === source.stack;
  const place = inPlace
    ? 'the stack of the source: in place'
    : 'a stack of its own; the name of the old stack would mean: in place';
  return [
    setting('cluster', cluster),
    setting('instance', instance, 'the writer'),
    ...(stack === undefined ? [] : [setting('stack', stack, place)]),
    setting('engineVersion', 'auto', 'the newest that the source and the path allow'),
    'capacity: { min: 0.5, max: 1 } # ACU: what is paid for at rest, and the most it may take',
    'deploy:',
    indented(template === undefined ? apiLines : templateLines(template)),
    ...(template === undefined ? [] : [endpointLine(template)]),
  ];
}

const apiLines = [
  'api: true # no stack: the cluster is created through the RDS API, in the network of the source',
  '# or, by a template:  template: aurora.yaml',
  '# or, by a command:   command: [./deploy.sh]',
];

function templateLines({ path, capabilities, parametersWithoutDefault }: DraftTemplate): readonly string[] {
  return [
    setting('template', path),
    ...(capabilities.length === 0 ? [] : [`capabilities: [${capabilities.join(', ')}]`]),
    ...(parametersWithoutDefault.length === 0
      ? []
      : [
          '# parameters: # these have no default:',
          ...parametersWithoutDefault.map((name) => `#   ${comment(name)}: VALUE`),
        ]),
    '# or, by a command:   command: [./deploy.sh]',
    '#                     commandTemplate: template.yaml # what the command deploys, to be judged first',
    '# or, without a stack: api: true',
  ];
}

function endpointLine({ endpointOutput }: DraftTemplate): string {
  return endpointOutput === undefined
    ? 'endpointOutput: DatabaseEndpoint # the output of the stack that is the address of the cluster: to be checked'
    : setting('endpointOutput', endpointOutput, 'the output of the stack that is the address of the cluster');
}

function appLines({ app }: ConfigDraft): readonly string[] {
  const ready = '# readyPattern: text that the application logs once it has its database';
  if (app === undefined)
    return [
      '# app: # the ECS service that writes; without it, stop all writers yourself',
      '#   ecsCluster: NAME',
      '#   ecsService: NAME',
    ];
  return [
    'app: # stopped while its data moves, and started again on the target',
    indented([
      setting('ecsCluster', app.ecsCluster),
      setting('ecsService', app.ecsService),
      app.logGroup === undefined ? '# logGroup: NAME' : setting('logGroup', app.logGroup),
      ready,
    ]),
  ];
}

/** Quoted where YAML would read it as something else than text. */
function setting(key: string, value: string, note?: string): string {
  const written = stringify(value, { lineWidth: 0, blockQuote: false }).trim();
  return `${key}: ${written}${note === undefined ? '' : ` # ${note}`}`;
}

/** Foreign text must not leave its comment. */
function comment(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}

function indented(block: readonly string[]): string {
  return block.flatMap((line) => line.split('\n').map((one) => `  ${one}`)).join('\n');
}
