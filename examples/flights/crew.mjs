// The worker processes that share the queue of a load.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));

/**
 * Starts workers on a queue. One that is killed gives its work back at once, and another takes its place.
 * @param {import('dibs').PersistentQueue<import('./load.mjs').Unit>} queue
 * @param {{ size: number, dir: string, onChange: (pids: number[]) => void }} options
 * @returns {Promise<void>} resolves when all went home, since the queue is closed and empty; rejects when one ended with
 *   an error of its own: another would as well
 */
export function startCrew(queue, { size, dir, onChange }) {
  /** @type {Set<import('node:child_process').ChildProcess>} */
  const workers = new Set();
  const crew = new Promise((resolve, reject) => {
    const hire = () => {
      const worker = fork(WORKER, [dir]);
      queue.share(worker);
      workers.add(worker);
      worker.once('error', reject);
      worker.once('exit', (code, signal) => {
        workers.delete(worker);
        if (signal !== null) hire();
        else if (code !== 0) reject(new Error(`A worker ended with exit code ${code}; what it said is above.`));
        else if (workers.size === 0) resolve(undefined);
      });
      onChange([...workers].flatMap(({ pid }) => pid ?? []));
    };
    while (workers.size < size) hire();
  });
  crew.catch(() => {}); // seen by whoever awaits it next, who may be busy now
  return crew;
}
