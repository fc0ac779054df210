import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's top folder. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Written at the end of each build: sources newer than this make the build stale. */
export const buildStamp = join(root, 'dist', '.built');
