import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** Counts the threads that its process starts, so no other file may have started them. */
const ALONE = ['test/fs/heartbeat.test.ts'];

/**
 * `vitest run` is the suite. `--mode faults` runs test/faults instead: what needs root, a tool of the system or
 * minutes. `--mode deep` runs both, and tells the tests by DIBS_DEEP=1 to try everything instead of a sample.
 */
export default defineConfig(({ mode }) => {
  const all = mode === 'faults' ? ['test/faults/**/*.test.ts'] : ['test/**/*.test.ts'];
  const left = ['**/node_modules/**', ...(mode === 'faults' || mode === 'deep' ? [] : ['test/faults/**'])];
  // Said in each project: what they extend is read without the mode.
  const limits = {
    testTimeout: mode === 'deep' ? 600_000 : 120_000,
    hookTimeout: 120_000,
    env: mode === 'deep' ? { DIBS_DEEP: '1' } : {},
  };
  return {
    test: {
      projects: [
        // Loading anew for each file what all of them use would take a third of the time.
        { extends: true, test: { ...limits, name: 'together', include: all, exclude: [...left, ...ALONE], isolate: false } },
        { extends: true, test: { ...limits, name: 'alone', include: mode === 'faults' ? [] : ALONE } },
      ],
      // Real processes are started, killed and stopped, and directories changed: no threads.
      pool: 'forks',
      // Many tests wait for processes, so a file more than there are cores keeps those busy.
      maxWorkers: availableParallelism() + 1,
      sequence: { sequencer: LongestFirst },
      globalSetup: ['test/support/built.ts'],
      passWithNoTests: mode === 'faults',
    },
  };
});
