/**
 * A process that owns directories as it is told to, a line each on stdin, and answers with a line of JSON.
 *
 *   take DIRECTORY LEASE [AT]   at the time AT, by the wall clock · ours · release · block MS (its event loop) · end
 */
import { createInterface } from 'node:readline';
import { disk } from '../../dist/fs/disk.js';
import { takeOwnership } from '../../dist/fs/ownership.js';

let owner;

const commands = {
  async take(directory, leaseMs, at) {
    while (at && Date.now() < Number(at));
    try {
      owner = await takeOwnership(disk, directory, { leaseMs: Number(leaseMs), sync: false });
      return { took: true, number: owner.number, run: owner.run, pid: process.pid };
    } catch (error) {
      return { took: false, code: error.code, holder: error.holder, message: error.message, pid: process.pid };
    }
  },
  ours: () => ({ ours: owner.isStillOurs() }),
  async release() {
    await owner.release();
    return { released: true };
  },
  block(ms) {
    process.stdout.write('{"blocked":true}\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(ms));
    return { blocked: false };
  },
};

for await (const line of createInterface(process.stdin)) {
  const [name, ...rest] = line.split(' ');
  if (name === 'end') break;
  process.stdout.write(`${JSON.stringify(await commands[name](...rest))}\n`);
}
