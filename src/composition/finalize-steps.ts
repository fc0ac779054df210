import { createTemplateTools } from '../aws/template-tools.js';
import type { MigrationSession } from '../cli/migration-command.js';
import type { Config } from '../config/schema.js';
import { finalize } from '../paths/finalize.js';
import { seal, type SealedStep } from '../pipeline/seal.js';
import { createEndingGateway } from '../postgres/ending-gateway.js';
import { createRunFiles } from '../process/run-files.js';
import { createCheckFinalization } from '../steps/check-finalization.js';
import { createDeleteSource } from '../steps/delete-source.js';
import { createKeepSecret } from '../steps/keep-secret.js';
import { createTakeLastSnapshot } from '../steps/take-last-snapshot.js';
import { createTools } from './tools.js';

/** The steps of `finalize`, made for one run that has finished. */
export function finalizeSteps(
  session: MigrationSession,
  runId: string,
  directory: string,
): readonly SealedStep<Config>[] {
  const { aws, waits, sessions } = createTools(session, runId, directory);
  const { rds, cloudFormation, secrets } = aws;
  const templates = createTemplateTools(session.directory);
  const check = createCheckFinalization({
    ...{ rds, cloudFormation, secrets, templates },
    database: createEndingGateway(sessions),
  });
  return finalize({
    checkFinalization: seal(check),
    takeLastSnapshot: seal(createTakeLastSnapshot({ rds, waits: waits.database })),
    keepSecret: seal(
      createKeepSecret({ cloudFormation, templates, waits: waits.stack, files: createRunFiles(directory) }),
    ),
    deleteSource: seal(
      createDeleteSource({
        ...{ rds, cloudFormation, waits: waits.stack, databaseWaits: waits.database },
        recheck: (io, from, found) => check.verify(io, check.select(from), found),
      }),
    ),
  });
}
