import type { Config } from '../config/schema.js';
import type { ReadinessCheck } from './readiness-check.js';

/** In place, the data must be proven on disk before the stack of the source is touched; a stream has nothing to prove. */
export const createStreamInPlaceCheck = (isInPlace: (config: Config) => boolean): ReadinessCheck => ({
  id: 'stream-in-place',
  title: 'The engine fits the layout',
  find: ({ config }) =>
    Promise.resolve(
      config.engine === 'stream' && isInPlace(config)
        ? [
            {
              code: 'StreamInPlace',
              what: 'engine is stream, and the target comes into the stack of the source',
              why: 'That stack is updated before the data is moved, so the data has to lie in an archive by then',
              fix: 'use engine: archive, or another target.stack',
            },
          ]
        : [],
    ),
});
