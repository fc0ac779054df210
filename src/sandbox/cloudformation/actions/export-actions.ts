import type { Action } from '../../service.js';
import type { Environment } from '../engine/environment.js';
import { validationError } from '../template/template-error.js';
import { pageOf } from './pages.js';
import { requiredText } from './request.js';
import { members } from './shapes.js';

const perPage = 100;

/** Exports and who imports them. */
export function exportActions(env: Environment): Readonly<Record<string, Action>> {
  return {
    ListExports: (input) => {
      const found = env.store
        .live()
        .flatMap((stack) =>
          stack.outputs.flatMap(({ exportName, value }) =>
            exportName === undefined ? [] : { ExportingStackId: stack.id, Name: exportName, Value: value },
          ),
        );
      const page = pageOf(found, input, perPage);
      return { Exports: members(page.items), NextToken: page.nextToken };
    },
    ListImports: (input) => {
      const name = requiredText(input, 'ExportName');
      const importers = env.store.importersOf(name);
      if (importers.length === 0) throw validationError(`Export '${name}' is not imported by any stack.`);
      const page = pageOf(importers, input, perPage);
      return { Imports: members(page.items.map((stack) => stack.name)), NextToken: page.nextToken };
    },
  };
}
