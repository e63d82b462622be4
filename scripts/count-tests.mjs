/**
 * Prints `passed failed skipped` of a Vitest report.
 *
 *   node scripts/count-tests.mjs REPORT EXIT_CODE
 *
 * A test file that could not be loaded has no tests to count, and an error between tests belongs to none: each such
 * file, and a run that failed for no counted reason, is one failure, so that no failed run can look passed.
 */
import { readFileSync } from 'node:fs';

const [report = '', exitCode = '1'] = process.argv.slice(2);
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));

const filesNotLoaded = testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
);
for (const { name, message } of filesNotLoaded) console.error(`${name}: ${message}`);
let failed = numFailedTests + filesNotLoaded.length;
if (failed === 0 && exitCode !== '0') failed = 1;
console.log(numPassedTests, failed, numPendingTests + numTodoTests);
