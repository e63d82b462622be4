/** Several processes that drain one folder at the same time. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { told } from './told.mjs';

/**
 * Starts so many of a script of children/, each told which of how many it is, and lets them go at once. Gives what each told
 * and how long all of it took, in milliseconds.
 */
export async function drainTogether(count, script, settings) {
  const worker = fileURLToPath(new URL(`children/${script}`, import.meta.url));
  const children = Array.from({ length: count }, (_, index) => fork(worker, [JSON.stringify({ ...settings, index, count })]));
  await Promise.all(children.map((child) => told(child)));
  const start = performance.now();
  const answers = children.map((child) => told(child));
  for (const child of children) child.send('go');
  const claims = await Promise.all(answers);
  const ms = performance.now() - start;
  for (const child of children) if (child.exitCode === null) await once(child, 'exit');
  return { claims, ms };
}

/** What all of them tell together: files a second, tries a claim, and lost tries for each that was won. */
export function summary(files, { claims, ms }) {
  const tries = claims.reduce((sum, one) => sum + one.tries, 0);
  const won = claims.reduce((sum, one) => sum + one.won, 0);
  if (won !== files) throw new Error(`${won} files were taken of ${files}.`);
  return { rate: files / (ms / 1_000), triesPerClaim: tries / won, lost: (tries - won) / won };
}
