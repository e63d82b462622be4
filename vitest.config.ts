import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * `vitest run` is the suite. `--mode faults` runs test/faults instead: what needs root, a tool of the system or
 * minutes. `--mode deep` runs both, and tells the tests by DIBS_DEEP=1 to try everything instead of a sample.
 */
export default defineConfig(({ mode }) => ({
  test: {
    include: mode === 'faults' ? ['test/faults/**/*.test.ts'] : ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...(mode === 'faults' || mode === 'deep' ? [] : ['test/faults/**'])],
    // Real processes are started, killed and stopped: each test file has one of its own.
    pool: 'forks',
    // Many tests wait for processes, so a file more than there are cores keeps those busy.
    maxWorkers: availableParallelism() + 1,
    testTimeout: mode === 'deep' ? 600_000 : 120_000,
    hookTimeout: 120_000,
    globalSetup: ['test/support/built.ts'],
    env: mode === 'deep' ? { DIBS_DEEP: '1' } : {},
    passWithNoTests: mode === 'faults',
  },
}));
