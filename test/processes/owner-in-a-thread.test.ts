import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { PersistentQueue, QueueLockedError } from '../../src/index.ts';
import { tempFolder } from '../support/temp-folder.ts';

const DIST = new URL('../../dist/index.js', import.meta.url).href;

/** A thread that owns a queue with one message, and is told how to end. */
function ownerIn(directory: string): Worker {
  const source = `
    const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(DIST)}).then(async ({ PersistentQueue }) => {
      const queue = await PersistentQueue.open(${JSON.stringify(directory)}, { leaseMs: 300 });
      await queue.put('one');
      parentPort.on('message', (what) => {
        if (what === 'block') {
          parentPort.postMessage('blocking');
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
          return;
        }
        throw new Error('the thread crashes');
      });
      parentPort.postMessage('open');
    });`;
  return new Worker(source, { eval: true });
}

it.skipIf(process.platform !== 'linux')('a queue whose owner was a thread is free once that crashed or was terminated', async () => {
  for (const how of ['crash', 'terminate']) {
    const directory = tempFolder();
    const owner = ownerIn(directory);
    await once(owner, 'message');
    await expect(PersistentQueue.open(directory, { leaseMs: 300 })).rejects.toBeInstanceOf(QueueLockedError);
    if (how === 'terminate') await owner.terminate();
    else {
      const ended = new Promise((resolve) => owner.once('exit', resolve));
      owner.on('error', () => undefined);
      owner.postMessage('crash');
      await ended;
    }
    await using heir = await PersistentQueue.open<string>(directory, { leaseMs: 300 });
    expect((await heir.tryGet())?.value).toBe('one');
  }
});

it('a thread that stands still for many leases keeps its queue', async () => {
  const directory = tempFolder();
  const owner = ownerIn(directory);
  await once(owner, 'message');
  owner.postMessage('block');
  await once(owner, 'message');
  const until = performance.now() + 1_000;
  while (performance.now() < until)
    await expect(PersistentQueue.open(directory, { leaseMs: 100 })).rejects.toBeInstanceOf(QueueLockedError);
  await owner.terminate();
});
