import type { ReadinessCheck } from './readiness-check.js';

/** Beside the source, the cluster comes from the snapshot: what makes a cluster of its own cannot be used for it. */
export const restoringDeploymentCheck: ReadinessCheck = {
  id: 'restoring-deployment',
  title: 'The target can be deployed around a restored cluster',
  find: ({ config: { source, target } }) =>
    Promise.resolve(
      target.deploy.command === undefined || target.stack === source.stack
        ? []
        : [
            {
              code: 'CommandCannotRestore',
              what: `target.deploy.command would make an empty cluster in the stack ${target.stack ?? ''}`,
              why: 'The tool restores the cluster from the snapshot and imports it, for which it must have the template',
              fix: 'set target.deploy.template to the template that the command deploys, or target.deploy.api; or use: rds2aurora migrate dump-restore',
            },
          ],
    ),
};
