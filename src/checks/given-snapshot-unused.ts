import type { ReadinessCheck } from './readiness-check.js';

/** A setting that would have no effect is a misunderstanding: a dump is of the source as it is. */
export const givenSnapshotUnusedCheck: ReadinessCheck = {
  id: 'given-snapshot-unused',
  title: 'No snapshot is named, which a dump would not start from',
  find: ({ config: { source } }) =>
    Promise.resolve(
      source.snapshot === undefined
        ? []
        : [
            {
              code: 'SnapshotUnused',
              what: `source.snapshot names ${source.snapshot}`,
              why: 'A dump is made of the source as it is, not of a snapshot',
              fix: 'leave source.snapshot out, or use: rds2aurora migrate snapshot',
            },
          ],
    ),
};
