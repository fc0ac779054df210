import { z } from 'zod';
import { createConfigJsonSchema } from '../config/json-schema.js';
import { noticeSchema } from '../notify/notice.js';
import { envelopeSchema } from './envelope-schema.js';
import { eventSchema } from './events-schema.js';
import { initSchema } from './init-schema.js';
import { reportSchema } from './report-schema.js';
import * as results from './result-schemas.js';

/** Every JSON Schema that is shipped, by the name of its file in `schemas/`. */
export function createJsonSchemas(): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  return new Map([
    ['config', createConfigJsonSchema()],
    ['result', z.toJSONSchema(envelopeSchema)],
    ['events', z.toJSONSchema(eventSchema)],
    ['notification', z.toJSONSchema(noticeSchema)],
    ['init', z.toJSONSchema(initSchema)],
    ['runs', z.toJSONSchema(results.runsSchema)],
    ['runs-prune', z.toJSONSchema(results.pruneSchema)],
    ['status', z.toJSONSchema(results.statusSchema)],
    ['unlock', z.toJSONSchema(results.unlockSchema)],
    ['plan', z.toJSONSchema(results.planSchema)],
    ['migrate', z.toJSONSchema(results.migrateSchema)],
    ['validate', z.toJSONSchema(results.validateSchema)],
    ['finalize', z.toJSONSchema(results.finalizeSchema)],
    ['rollback', z.toJSONSchema(results.rollbackSchema)],
    ['report', z.toJSONSchema(reportSchema)],
  ]);
}
