import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which tests a run has: `npm test`, and those of the same name behind `npm run test:`. */
export type Suite = 'quick' | 'slow' | 'faults' | 'deep';

const TEST = join(import.meta.dirname, '..');

/** A test takes a sample, of which the slow run tries more. */
const ASKS_FOR_SIZE = /\b(oneIn|bySize)\(/;

/**
 * The tests of a suite, as patterns of what is in and what is left out. Where a file lies and how it is named says which one
 * it is in, and a name that says nothing is in the quick one: none is in no suite.
 */
export function testsOf(suite: Suite): { readonly include: string[]; readonly exclude: string[] } {
  const [all, slow, faults] = ['test/**/*.test.ts', 'test/**/*.slow.test.ts', 'test/faults/**/*.test.ts'];
  if (suite === 'faults') return { include: [faults], exclude: [] };
  if (suite === 'slow') return { include: [slow, ...sampled()], exclude: [faults] };
  return { include: [all], exclude: suite === 'deep' ? [] : [slow, faults] };
}

function sampled(): string[] {
  const names = readdirSync(TEST, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts'));
  return names
    .filter((name) => ASKS_FOR_SIZE.test(readFileSync(join(TEST, name), 'utf8')))
    .map((name) => `test/${name.replaceAll('\\', '/')}`);
}
