import type { CheckResult, FreshChoices, TargetFacts } from '../steps/refs.js';
import type { Config } from '../config/schema.js';
import { seal } from '../pipeline/seal.js';
import { createDatabaseChecks } from '../postgres/connection-check.js';
import { createFreshDatabaseGateway } from '../postgres/fresh-database-gateway.js';
import { createLossReader } from '../postgres/loss-inventory.js';
import { createSchemaComparer } from '../postgres/schema-comparison.js';
import { createRunFiles } from '../process/run-files.js';
import { createGiveUpSource } from '../steps/give-up-source.js';
import { createFurnishDatabase } from '../steps/furnish-database.js';
import { createRecordLoss } from '../steps/record-loss.js';
import { createRunInitSql } from '../steps/run-init-sql.js';
import { createSaveSource } from '../steps/save-source.js';
import { createValidateFreshTarget } from '../steps/validate-fresh-target.js';
import { readScript } from './fresh-choices.js';
import type { Tools } from './tools.js';

export interface FreshStepsOptions {
  readonly directory: string;
  readonly choices: FreshChoices;
  readonly checkAws: (config: Config, target: TargetFacts) => Promise<readonly CheckResult[]>;
}

/** The steps of a fresh start alone. */
export function freshSteps(tools: Tools, { directory, choices, checkAws }: FreshStepsOptions) {
  const { aws, sessions, fingerprints, waits, trusted } = tools;
  const files = createRunFiles(directory);
  const fresh = createFreshDatabaseGateway(sessions);
  const { rds } = aws;
  return {
    recordLoss: seal(
      createRecordLoss({
        rds,
        losses: createLossReader(sessions),
        files,
        hashOf: async (file) => (await readScript(file))?.sha256,
        choices,
      }),
    ),
    furnishDatabase: seal(createFurnishDatabase({ fresh, fingerprints, files })),
    runInitSql: seal(createRunInitSql({ fresh, readScript, script: choices.initSql })),
    validateFreshTarget: seal(
      createValidateFreshTarget({
        fresh,
        fingerprints,
        files,
        schemas: createSchemaComparer(fingerprints),
        database: createDatabaseChecks(sessions, trusted),
        checkAws,
      }),
    ),
    saveSource: seal(createSaveSource({ rds, files })),
    giveUpSource: seal(createGiveUpSource({ rds, waits: waits.database, fingerprints, files, choices })),
  };
}
