import { AwsError, type AwsStruct } from '../../service.js';
import type { Environment } from '../engine/environment.js';
import type { StackSettings } from '../stacks/stack.js';
import { readTemplate } from '../template/read-template.js';
import { resolveParameters } from '../template/resolve-parameters.js';
import { validationError } from '../template/template-error.js';
import type { Template } from '../template/template.js';
import { checkTemplate } from '../engine/check-template.js';
import { refuseUnsupported } from './refuse-unsupported.js';
import { parameterSources } from './parameter-sources.js';
import { flag, givenParameters, givenTags, givenTexts, optionalText } from './request.js';

/** Reads what a create, an update or a change set asks for, against what stands. Throws as the action does. */
export async function readSettings(
  env: Environment,
  input: AwsStruct,
  previous: StackSettings | undefined,
): Promise<StackSettings> {
  refuseUnsupported(input);
  const template = templateOf(input, previous);
  const parameters = await resolveParameters(
    template.parameters,
    givenParameters(input),
    previous?.parameters ?? new Map(),
    parameterSources(env.context),
  );
  const settings: StackSettings = {
    template,
    parameters,
    tags: givenTags(input) ?? previous?.tags ?? [],
    capabilities: givenTexts(input, 'Capabilities') ?? [],
    notificationArns: givenTexts(input, 'NotificationARNs') ?? previous?.notificationArns ?? [],
    roleArn: optionalText(input, 'RoleARN') ?? previous?.roleArn,
  };
  checkTemplate(env, template);
  requireCapabilities(settings);
  return settings;
}

/** The template of a request: a body, or the previous one. There is no S3 in the sandbox for a URL to point to. */
export function templateOf(input: AwsStruct, previous: StackSettings | undefined): Template {
  const body = optionalText(input, 'TemplateBody');
  const url = optionalText(input, 'TemplateURL');
  if (url !== undefined)
    throw validationError(`The sandbox supports no TemplateURL (${url}): give TemplateBody`);
  if (!flag(input, 'UsePreviousTemplate')) {
    if (body === undefined) throw validationError('Either Template URL or Template Body must be specified.');
    return readTemplate(body);
  }
  if (body !== undefined)
    throw validationError('You cannot specify both usePreviousTemplate and Template Body.');
  if (!previous) throw validationError('You cannot use the previous template: the stack has none.');
  return previous.template;
}

/** IAM resources need the caller's word (CreateStack, `Capabilities`). Throws `InsufficientCapabilitiesException`. */
function requireCapabilities({ template, capabilities }: StackSettings): void {
  const needed = neededCapabilities(template);
  const [capability] = needed;
  const given =
    capabilities.includes('CAPABILITY_NAMED_IAM') ||
    (capability === 'CAPABILITY_IAM' && capabilities.includes('CAPABILITY_IAM'));
  if (capability !== undefined && !given)
    throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${capability}]`, 400);
}

/** The capability a template needs: `CAPABILITY_NAMED_IAM` when it names a role itself. */
export function neededCapabilities(template: Template): readonly string[] {
  const roles = [...template.resources.values()].filter(({ type }) => type.startsWith('AWS::IAM::'));
  if (roles.length === 0) return [];
  return roles.some(({ properties }) => properties['RoleName'] !== undefined)
    ? ['CAPABILITY_NAMED_IAM']
    : ['CAPABILITY_IAM'];
}
