import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { caFileName } from './sandbox-environment.js';
import type { ContainerImages } from './services/ecs/container-images.js';

/** File in a sandbox's folder in which the scenario's application writes down what the server acknowledged. */
export const ledgerFileName = 'ledger.jsonl';

/**
 * The image of the scenario's application. It always runs compiled, since its process has nothing to compile it with; the
 * way there is the same from src/ and from dist/.
 */
export function scenarioImages(directory: string): ContainerImages {
  const program = fileURLToPath(new URL('../../dist/sandbox/scenario/app.js', import.meta.url));
  return {
    'production-rag/app': {
      command: [process.execPath, program],
      environment: {
        PGSSLROOTCERT: join(directory, caFileName),
        LEDGER_FILE: join(directory, ledgerFileName),
      },
    },
  };
}
