import { appendFileSync } from 'node:fs';
import { expect, inject } from 'vitest';
import { bySize } from './sample.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where every test notes how many errors it made. */
    madeErrors: string | undefined;
  }
}

export interface MadeErrors {
  /** So often something was done on a disk that fails. */
  readonly runs: number;
  /** So many calls failed. */
  readonly errors: number;
}

const isSaid = bySize({ quick: false, slow: true, deep: true });

/** Says how many calls a test let fail, where it takes its time; the sum of all tests is said when all are through. */
export function noteErrors({ runs, errors }: MadeErrors): void {
  if (!isSaid) return;
  console.log(`${errors} calls failed in ${runs} runs: ${expect.getState().currentTestName}`);
  // Nobody sums up what fails in a copy of the library.
  const path = inject('madeErrors');
  if (path !== undefined) appendFileSync(path, `${JSON.stringify({ runs, errors })}\n`);
}
