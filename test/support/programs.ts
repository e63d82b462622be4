import { join } from 'node:path';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Nobody provides it to the tests of a copy, whose `dist` is spoilt: they start what is there. */
    readonly bundledPackage: string | undefined;
  }
}

/** The package, as tests start programs of it: the same as the project itself, and loaded in less time. */
export const PACKAGE = inject('bundledPackage') ?? join(import.meta.dirname, '..', '..');

/** One of test/processes. */
export function program(name: string): string {
  return join(PACKAGE, 'test', 'processes', name);
}

/** One of examples. */
export function example(...names: string[]): string {
  return join(PACKAGE, 'examples', ...names);
}

/** The command line. */
export const MAIN = join(PACKAGE, 'dist', 'cli', 'main.js');
