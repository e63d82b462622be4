import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';
import { testsOf } from './test/support/suites.ts';
import type { Suite } from './test/support/suites.ts';

/** Counts the threads that its process starts, so no other file may have started them. */
const ALONE = ['test/fs/heartbeat.test.ts'];

/** What tells the tests how much they are to try: see test/support/sample.ts. */
const ENV: Readonly<Record<Suite, Record<string, string>>> = {
  quick: {},
  slow: { DIBS_SLOW: '1' },
  faults: { DIBS_SLOW: '1' },
  deep: { DIBS_DEEP: '1' },
};

/**
 * `vitest run` is the quick suite. `--mode slow` runs what starts many processes or takes its time, and more of what the
 * quick one takes samples of; `--mode faults` what needs root, a tool of the system or minutes; `--mode deep` all, and all of it.
 */
export default defineConfig(({ mode }) => {
  const suite = mode === 'slow' || mode === 'faults' || mode === 'deep' ? mode : 'quick';
  const { include, exclude } = testsOf(suite);
  const left = ['**/node_modules/**', ...exclude];
  // Said in each project: what they extend is read without the mode.
  const limits = { testTimeout: suite === 'deep' ? 600_000 : 120_000, hookTimeout: 120_000, env: ENV[suite] };
  return {
    test: {
      projects: [
        // Loading anew for each file what all of them use would take a third of the time.
        { extends: true, test: { ...limits, name: 'together', include, exclude: [...left, ...ALONE], isolate: false } },
        { extends: true, test: { ...limits, name: 'alone', include: suite === 'quick' || suite === 'deep' ? ALONE : [] } },
      ],
      // Real processes are started, killed and stopped, and directories changed: no threads.
      pool: 'forks',
      // Many tests wait for processes, so a file more than there are cores keeps those busy.
      maxWorkers: availableParallelism() + 1,
      sequence: { sequencer: LongestFirst },
      globalSetup: ['test/support/built.ts', 'test/support/sum-of-errors.ts'],
      passWithNoTests: suite !== 'quick',
    },
  };
});
