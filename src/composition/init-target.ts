import { readFile } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { describeTemplate, findTemplates, type FoundTemplate } from '../aws/template-survey.js';
import type { ConfigDraft } from '../config/render-config.js';
import { PreconditionError } from '../errors.js';
import type { ChosenSource } from './init-source.js';
import type { Survey } from './init-survey.js';

const none = 'none';
const longestIdentifier = 63;

interface Chosen {
  readonly name: string;
  readonly target: ConfigDraft['target'];
}

/** Where the database is to go: by which template, into which stack, under which identifiers. */
export async function chooseTarget(survey: Survey, source: ChosenSource): Promise<Chosen> {
  const { choose, wishes } = survey;
  const template = await chooseTemplate(survey, source);
  const stem = stemOf(source.instance.identifier);
  const ask = (what: string, flag: string, given: string | undefined, preferred: string): Promise<string> =>
    choose({ ...{ what, flag, given, offers: [] }, preferred });
  const name = await ask('Name of this migration', '--name', wishes.name, stem);
  const named = (end: string): string => `${stem.slice(0, longestIdentifier - end.length)}${end}`;
  const cluster = template?.cluster ?? named('-cluster');
  const instance = template?.instance ?? named('-instance');
  const stack =
    (template && isInPlace(template, source) ? source.stack?.name : undefined) ?? newStack(stem, source);
  return {
    name,
    target: {
      cluster: await ask('Identifier of the Aurora cluster', '--cluster', wishes.cluster, cluster),
      instance: await ask('Identifier of its writer', '--target-instance', wishes.targetInstance, instance),
      stack:
        template === undefined
          ? undefined
          : await ask('Stack of the target', '--target-stack', wishes.targetStack, stack),
      template: template === undefined ? undefined : await toDraft(survey, template),
    },
  };
}

async function chooseTemplate(survey: Survey, source: ChosenSource): Promise<FoundTemplate | undefined> {
  const { choose, wishes, folder } = survey;
  const templates = wishes.template === undefined ? await findTemplates(folder) : [];
  const beside = templates.filter((template) => !isInPlace(template, source));
  const [only, second] = beside.length > 0 ? beside : templates;
  const describe = (template: FoundTemplate): string =>
    isInPlace(template, source)
      ? `${template.path}, the whole of ${source.stack?.name ?? ''}: in place`
      : `${template.path}, a stack of its own`;
  const chosen = await choose({
    ...{
      what: 'CloudFormation template with the Aurora cluster',
      flag: '--template',
      given: wishes.template,
    },
    offers: [
      ...templates.map((template) => ({ value: template.path, label: describe(template) })),
      { value: none, label: 'none: the cluster is created through the RDS API' },
    ],
    preferred: only === undefined ? none : second === undefined ? only.path : undefined,
  });
  if (chosen === none) return undefined;
  return templates.find(({ path }) => path === chosen) ?? readGiven(folder, chosen);
}

/** What was named is taken even where it was not found by looking; relative to the configuration file from now on. */
async function readGiven(folder: string, given: string): Promise<FoundTemplate> {
  const file = resolve(given);
  const path = relative(folder, file).split(sep).join('/');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new PreconditionError('TemplateNotFound', `the template ${file} cannot be read`, {
      ...{ cause, changed: false },
      next: ['give the path of a template, or --template none'],
    });
  });
  const found = describeTemplate(path, text);
  if (found !== undefined) return found;
  throw new PreconditionError(
    'TemplateUnsuitable',
    `${file} has not exactly one Aurora cluster with one writer`,
    {
      next: ['give another template, or --template none'],
      changed: false,
    },
  );
}

/** It says more than half of what the stack of the source has now: it is that stack as it shall become. */
function isInPlace({ logicalIds }: FoundTemplate, { stack }: ChosenSource): boolean {
  if (stack === undefined) return false;
  const shared = stack.resources.filter(({ logicalId }) => logicalIds.includes(logicalId));
  return shared.length * 2 > stack.resources.length;
}

async function toDraft(
  { aws, remark }: Survey,
  template: FoundTemplate,
): Promise<NonNullable<ConfigDraft['target']['template']>> {
  const { path, text, parametersWithoutDefault, endpointOutput } = template;
  const { reason, capabilities } = await aws.cloudFormation.validateTemplate(text);
  if (reason !== undefined) remark(`CloudFormation does not accept ${path}: ${reason}`);
  if (parametersWithoutDefault.length > 0)
    remark(
      `${path} has parameters without a default: ${parametersWithoutDefault.join(', ')}. Set them in target.deploy.`,
    );
  if (endpointOutput === undefined)
    remark(
      `${path} has no output that is the address of the cluster: add one, and name it in target.endpointOutput.`,
    );
  return { path, capabilities, parametersWithoutDefault, endpointOutput };
}

/** `production-rag-db` is a database of `production-rag`. */
function stemOf(instance: string): string {
  const stem = instance.replace(/-(db|database|postgres|postgresql|rds)$/, '');
  return stem === '' ? instance : stem;
}

function newStack(stem: string, { stack }: ChosenSource): string {
  return `${stack?.name.replace(/-stack$/, '') ?? stem}-aurora-stack`;
}
