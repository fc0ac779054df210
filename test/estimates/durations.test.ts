import { describe, expect, test } from 'vitest';
import { describeRates, estimateSeconds } from '../../src/estimates/durations.js';
import type { DatabaseMeasures } from '../../src/estimates/measures.js';

const small: DatabaseMeasures = {
  databaseBytes: 10e6,
  serverBytes: 20e6,
  tables: 5,
  indexes: 9,
  indexBytes: 3e6,
  vectorIndexes: 1,
  vectorIndexBytes: 1e6,
};
const sized = ['dump-database', 'restore-database', 'fingerprint-source', 'verify-data', 'validate-target'];
const byServer = ['take-snapshot', 'restore-cluster', 'deploy-from-snapshot'];

describe('how long a step takes', () => {
  test.each(sized)('%s takes longer the more the database holds', (step) => {
    const [low, high] = estimateSeconds(step, small) ?? expect.fail(step);
    const [more, most] = estimateSeconds(step, { ...small, databaseBytes: 1e12 }) ?? expect.fail(step);
    expect(low).toBeLessThanOrEqual(high);
    expect(more).toBeGreaterThan(low);
    expect(most).toBeGreaterThan(high);
  });

  test.each(byServer)('%s goes by all databases of the server, for a snapshot takes them all', (step) => {
    const one = estimateSeconds(step, { ...small, databaseBytes: 1e12 });
    expect(one).toEqual(estimateSeconds(step, small));
    const [low] = estimateSeconds(step, { ...small, serverBytes: 1e12 }) ?? expect.fail(step);
    expect(low).toBeGreaterThan(one?.[0] ?? 0);
  });

  test('a terabyte is restored in several hours, as AWS says', () => {
    const [low, high] = estimateSeconds('restore-cluster', { ...small, serverBytes: 1e12 }) ?? [0, 0];
    expect(low / 3600).toBeGreaterThan(2);
    expect(high / 3600).toBeLessThan(7);
  });

  test("pgvector's indexes take longer to build than others of the same size", () => {
    const plain = estimateSeconds('restore-database', {
      ...small,
      indexBytes: 5e9,
      vectorIndexBytes: 0,
      databaseBytes: 6e9,
    });
    const vectors = estimateSeconds('restore-database', {
      ...small,
      indexBytes: 5e9,
      vectorIndexBytes: 5e9,
      databaseBytes: 6e9,
    });
    expect(vectors?.[1]).toBeGreaterThan((plain?.[1] ?? 0) * 2);
  });

  test('a step that does not depend on the data keeps its own time', () => {
    expect(estimateSeconds('switch-secret', small)).toBeUndefined();
  });

  test('the assumptions are told, by what the path does', () => {
    expect(describeRates('dump-restore')).toContain('dump 10 to 100 MB/s');
    expect(describeRates('snapshot')).toContain('46 to 140 MB/s');
  });
});
