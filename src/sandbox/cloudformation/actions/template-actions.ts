import type { Action, AwsStruct } from '../../service.js';
import { checkTemplate } from '../engine/check-template.js';
import type { Environment } from '../engine/environment.js';
import type { ParameterDeclaration, Template } from '../template/template.js';
import { validationError } from '../template/template-error.js';
import { changeSetOf } from './find-change-set.js';
import { neededCapabilities, templateOf } from './read-settings.js';
import { optionalText, requiredText } from './request.js';
import { members } from './shapes.js';

/** Actions about templates alone. */
export function templateActions(env: Environment): Readonly<Record<string, Action>> {
  return {
    GetTemplate: (input) => {
      const template = storedTemplate(env, input);
      return {
        TemplateBody: bodyOf(template, optionalText(input, 'TemplateStage') ?? 'Original'),
        StagesAvailable: members(['Original', 'Processed']),
      };
    },
    ValidateTemplate: (input) => {
      const template = templateOf(input, undefined);
      checkTemplate(env, template);
      return {
        Description: template.description,
        Parameters: members(
          [...template.parameters.values()].map((one) => ({
            ...parameterShape(one),
            DefaultValue: shownDefault(one),
          })),
        ),
        ...capabilityShape(template),
      };
    },
    GetTemplateSummary: (input) => summary(env, storedOrGiven(env, input)),
  };
}

function storedTemplate(env: Environment, input: AwsStruct): Template {
  const changeSet = optionalText(input, 'ChangeSetName');
  if (changeSet !== undefined) return changeSetOf(env, input).changeSet.settings.template;
  const stack = env.store.get(requiredText(input, 'StackName'));
  if (!stack.settings)
    throw validationError(`Stack ${stack.name} has no template yet: it is in ${stack.status}`);
  return stack.settings.template;
}

function storedOrGiven(env: Environment, input: AwsStruct): Template {
  return optionalText(input, 'StackName') === undefined
    ? templateOf(input, undefined)
    : storedTemplate(env, input);
}

/** There are no transforms here, so both stages hold what the caller sent. */
function bodyOf(template: Template, stage: string): string {
  if (stage === 'Original' || stage === 'Processed') return template.text;
  throw validationError(
    `1 validation error detected: Value '${stage}' at 'templateStage' failed to satisfy constraint: Member must satisfy enum value set: [Processed, Original]`,
  );
}

function summary(env: Environment, template: Template): AwsStruct {
  const types = [...template.resources.values()].map(({ type }) => type);
  return {
    Parameters: members([...template.parameters.values()].map(declarationShape)),
    Description: template.description,
    ...capabilityShape(template),
    ResourceTypes: members([...new Set(types)]),
    Version: '2010-09-09',
    Metadata: template.metadata === undefined ? undefined : JSON.stringify(template.metadata),
    ResourceIdentifierSummaries: members(identifierShapes(env, template)),
  };
}

/** By which properties the resources of a type are named in an import; types that cannot be imported are left out. */
function identifierShapes(env: Environment, template: Template): AwsStruct[] {
  const resources = [...template.resources];
  return [...new Set(resources.map(([, { type }]) => type))].flatMap((type) => {
    const { identifier, read } = env.providers.get(type) ?? {};
    if (identifier === undefined || read === undefined) return [];
    const ofType = resources.filter(([, resource]) => resource.type === type);
    return {
      ResourceType: type,
      LogicalResourceIds: members(ofType.map(([logicalId]) => logicalId)),
      ResourceIdentifiers: members(identifier),
    };
  });
}

function capabilityShape(template: Template): AwsStruct {
  const needed = neededCapabilities(template);
  if (needed.length === 0) return {};
  const types = [...template.resources.values()]
    .map(({ type }) => type)
    .filter((type) => type.startsWith('AWS::IAM::'));
  return {
    Capabilities: members(needed),
    CapabilitiesReason: `The following resource(s) require capabilities: [${[...new Set(types)].join(', ')}]`,
  };
}

function parameterShape({ name, noEcho, description }: ParameterDeclaration): AwsStruct {
  return { ParameterKey: name, NoEcho: noEcho, Description: description };
}

function declarationShape(declaration: ParameterDeclaration): AwsStruct {
  const { type, allowedValues, allowedPattern, minLength, maxLength, minValue, maxValue } = declaration;
  return {
    ...parameterShape(declaration),
    ParameterType: type,
    DefaultValue: shownDefault(declaration),
    ParameterConstraints: {
      AllowedValues: allowedValues && members(allowedValues),
      AllowedPattern: allowedPattern,
      MinLength: minLength,
      MaxLength: maxLength,
      MinValue: minValue,
      MaxValue: maxValue,
    },
  };
}

function shownDefault({ noEcho, default: value }: ParameterDeclaration): string | undefined {
  return noEcho && value !== undefined ? '****' : value;
}
