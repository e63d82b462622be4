import { build } from '../../scripts/ready.mjs';

/** Child processes run from dist, so it is built before the first test. What does not compile is said, and fails what needs it. */
export default function setup(): void {
  if (!build()) console.error('dist was built in spite of the type errors above: tests that start processes may fail by them.');
}
