import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Installed by version managers, their programs are often not on the path that a test gets. */
export const pathWithAwsCli = [process.env['PATH'] ?? '', '/root/.pyenv/shims'].join(delimiter);

/** examples/production-rag/infrastructure/scripts/deploy.sh calls it. */
export const hasAwsCli = pathWithAwsCli.split(delimiter).some((folder) => {
  try {
    accessSync(join(folder, 'aws'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
});
