import type { TestProject } from 'vitest/node';
import { build } from '../../scripts/ready.mjs';
import { bundledPackage } from './bundled-package.ts';

/** Child processes run from dist, so it is built before the first test. What does not compile is said, and fails what needs it. */
export default async function setup(project: TestProject): Promise<void> {
  if (!build()) console.error('dist was built in spite of the type errors above: tests that start processes may fail by them.');
  project.provide('bundledPackage', await bundledPackage());
}
