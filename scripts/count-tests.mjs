// Sums the JSON reports of the test runs and prints the closing line: `N passed, N failed, N skipped`.
// Exits 1 when a report is missing, holds no test, or counts a failure.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let skipped = 0;
for (const file of process.argv.slice(2)) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    console.error(`no test report: ${file.split('/').pop()}`);
    failed += 1;
    continue;
  }
  if (report.numTotalTests === 0) failed += 1;
  passed += report.numPassedTests;
  // A suite that does not load has no tests of its own; it counts as one failure.
  failed +=
    report.numFailedTests + report.testResults.filter((s) => s.status === 'failed' && s.assertionResults.length === 0).length;
  skipped += report.numPendingTests + report.numTodoTests;
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
