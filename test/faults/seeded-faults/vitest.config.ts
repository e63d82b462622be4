import { dirname, join, resolve, sep } from 'node:path';
import { defineConfig } from 'vitest/config';

/**
 * Runs the tests of a copy on what is built there: what they import from `src` comes from `dist`, as for the programs
 * that they start. So a fault that is seeded in `dist` is met by all of them.
 */
const SRC = resolve('src') + sep;
const DIST = resolve('dist');

export default defineConfig({
  cacheDir: resolve('cache'),
  plugins: [
    {
      name: 'what is built, and all of it',
      enforce: 'pre',
      resolveId(source, importer) {
        if (importer === undefined || !source.startsWith('.')) return null;
        const path = resolve(dirname(importer), source);
        // Which stops a quick run tries is left to chance, and changes with the code: here each is tried.
        if (path === resolve('test/support/sample.ts')) return resolve('test/faults/seeded-faults/whole-sample.ts');
        return path.startsWith(SRC) && path.endsWith('.ts') ? join(DIST, `${path.slice(SRC.length, -'.ts'.length)}.js`) : null;
      },
    },
  ],
  test: {
    include: ['test/**/*.{test,scenario}.ts'],
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    testTimeout: 120_000,
    // What a test complains of is read: all of it.
    chaiConfig: { truncateThreshold: 0 },
  },
});
