import { defineConfig } from 'vitest/config';

/** What `npm run test:mutation` judges: the tests of the two pure floors, which need nothing built. */
export default defineConfig({
  test: {
    include: ['test/machines/**/*.test.ts', 'test/formats/**/*.test.ts'],
    setupFiles: ['test/support/same-samples.ts'],
    testTimeout: 60_000,
  },
});
