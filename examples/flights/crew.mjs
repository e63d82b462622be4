// The worker processes of a stage.
import { fork } from 'node:child_process';

/** @typedef {import('node:child_process').ChildProcess} Worker */

/**
 * Starts workers. One that is killed gives its work back, and another takes its place.
 * @param {string} script what each of them runs
 * @param {{ args: string[], size: number, onHire: (worker: Worker) => void, onChange: (pids: number[]) => void }} options
 * @returns {Promise<void>} resolves when all went home, since there is no more work; rejects when one ended with an error
 *   of its own: another would as well
 */
export function startCrew(script, { args, size, onHire, onChange }) {
  /** @type {Set<Worker>} */
  const workers = new Set();
  const crew = new Promise((resolve, reject) => {
    const hire = () => {
      const worker = fork(script, args);
      workers.add(worker);
      worker.once('error', reject);
      worker.once('exit', (code, signal) => {
        workers.delete(worker);
        if (signal !== null) hire();
        else if (code !== 0) reject(new Error(`A worker ended with exit code ${code}; what it said is above.`));
        else if (workers.size === 0) resolve(undefined);
      });
      onHire(worker);
      onChange([...workers].flatMap(({ pid }) => pid ?? []));
    };
    while (workers.size < size) hire();
  });
  crew.catch(() => {}); // seen by whoever awaits it next, who may be busy now
  return crew;
}
