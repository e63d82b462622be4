import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How the tests are tested: `npm run test:mutation`. CONTRIBUTING.md tells how to read what it prints. */
export default {
  mutate: ['src/machines/**/*.ts', 'src/formats/**/*.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  // A copy of the tree, aside: no other tool is to find its sources there.
  tempDirName: join(tmpdir(), 'dibs-mutation'),
  concurrency: 2,
  reporters: ['clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'coverage/mutation.html' },
  jsonReporter: { fileName: 'coverage/mutation.json' },
  incrementalFile: 'coverage/mutation-before.json',
  thresholds: { high: 95, low: 90, break: 90 },
};
