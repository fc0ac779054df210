/**
 * Counts from vitest's JSON report. A file that could not be loaded, an error outside of any test, a run without
 * tests or without a report each count as one failure: none of them may look like success.
 */
export function countTests(report, exitStatus) {
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults.map((test) => ({ ...test, file: file.name })));
  const withStatus = (...statuses) => tests.filter((test) => statuses.includes(test.status));
  const problems = files
    .filter(
      (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
    )
    .map((file) => `${file.name} could not be run: ${file.message}`);
  const failedTests = withStatus('failed').length;
  if (failedTests + problems.length === 0 && exitStatus !== 0) {
    problems.push('the test run itself failed; see above');
  }
  if (tests.length === 0 && problems.length === 0) problems.push('no tests were found');
  return {
    passed: withStatus('passed').length,
    failed: failedTests + problems.length,
    skippedTests: withStatus('skipped', 'pending', 'todo', 'disabled').map(({ fullName, file }) => ({
      name: fullName,
      file,
    })),
    problems,
  };
}

export function countLine({ passed, failed, skippedTests }) {
  const skipped = skippedTests.length > 0 ? `, ${skippedTests.length} skipped` : '';
  return `${passed} passed, ${failed} failed${skipped}`;
}
