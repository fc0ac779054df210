import type { ScopeSources, ResourceValues } from '../template/template-scope.js';
import { templateScope } from '../template/template-scope.js';
import type { Scope } from '../template/scope.js';
import { templateError, validationError } from '../template/template-error.js';
import type { Stack, StackResource, StackSettings } from '../stacks/stack.js';
import type { Environment } from './environment.js';

/** The scope of an operation: parameters and template of `settings`, resources as `resources` sees them. */
export function stackScope(
  env: Environment,
  stack: Pick<Stack, 'id' | 'name'>,
  settings: StackSettings,
  resources: ResourceValues,
  zones: readonly string[],
  imports: Set<string> = new Set(),
): Scope {
  const { region, accountId } = env.context;
  const sources: ScopeSources = {
    place: {
      stackId: stack.id,
      stackName: stack.name,
      region,
      accountId,
      notificationArns: settings.notificationArns,
    },
    parameters: settings.parameters,
    resources,
    importValue: (name) => {
      const found = env.store.findExport(name);
      if (!found) throw validationError(`No export named ${name} found.`);
      imports.add(name);
      return found.output.value;
    },
    zones: () => zones,
  };
  return templateScope(settings.template, sources);
}

/** Resources as they stand in a map that an operation fills. */
export function liveValues(resources: () => ReadonlyMap<string, StackResource>): ResourceValues {
  return {
    ref: (logicalId) => {
      const physicalId = resources().get(logicalId)?.physicalId;
      if (physicalId === undefined) throw templateError(`the resource ${logicalId} does not exist`);
      return physicalId;
    },
    attribute: (logicalId, name) => {
      const resource = resources().get(logicalId);
      const value = resource?.attributes[name];
      if (value === undefined)
        throw templateError(`resource ${logicalId} does not support attribute type ${name} in Fn::GetAtt`);
      return value;
    },
  };
}
