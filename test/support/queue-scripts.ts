import { expect } from 'vitest';
import type { CrashScript, Script } from './crash-script.ts';

export const FIRST_TO_LAST = 'a load from its first put to its end';
export const TAKEN_UP = 'what a killed run left, finished by the next';
export const FINISHED = 'a load that is finished, and the first put of the next';
export const REMOVAL = 'Q-37 removal_of_journals_stopped_anywhere_redelivers_nothing';

/** Puts four values, takes two, finishes one, and ends. */
export const half: Script = async (program) => {
  const queue = await program.open();
  await queue.putAll('a', 'b', 'c', 'd');
  const first = await queue.take();
  await queue.take();
  await queue.done(first);
};

/** What programs do with a queue, by what it is about. */
export const SCRIPTS: Record<string, CrashScript> = {
  'a queue in a directory that is made for it': {
    directories: [],
    async script(program) {
      const queue = await program.open({ directory: '/var/queues/q' });
      await queue.put('a');
    },
    next: () => [{ directory: '/var/queues/q' }, { directory: '/var/queues/q' }],
  },
  [FIRST_TO_LAST]: {
    async script(program) {
      const queue = await program.open();
      await queue.put('a');
      await queue.putAll('b', 'c');
      const [a, b] = [await queue.take(), await queue.take()];
      await queue.done(a);
      await Promise.all([queue.done(b), queue.put('d')]);
      await queue.close();
      await queue.dispose();
    },
  },
  [TAKEN_UP]: {
    before: [half],
    async script(program) {
      const queue = await program.open();
      await queue.put('e');
      for (let left = 4; left > 0; left -= 1) await queue.done(await queue.take());
      await queue.close();
      await queue.dispose();
    },
  },
  'Q-06 crash_during_requeue_repeats_nothing: requeueOutstanding': {
    before: [half],
    async script(program) {
      const queue = await program.open({ resume: false });
      await queue.put('e');
      await queue.queue.requeueOutstanding();
      await queue.done(await queue.take());
    },
  },
  'all that is left marked as done': {
    before: [half],
    async script(program) {
      const queue = await program.open();
      await queue.put('e');
      await queue.take();
      await queue.markAllDone();
      await queue.put('f');
    },
  },
  'values given back, failed, given up and tried again': {
    options: { maxAttempts: 2 },
    async script(program) {
      const queue = await program.open();
      await queue.putAll('a', 'b');
      await queue.release(await queue.take());
      await queue.fail(await queue.take(), false);
      await queue.fail(await queue.take(), true);
      await queue.retry('a');
      await queue.done(await queue.take());
    },
  },
  'keys, put and put again': {
    async script(program) {
      const queue = await program.open();
      await queue.put('a', 'one');
      await queue.put('b', 'two');
      await queue.done(await queue.take());
      expect(await queue.queue.put('again', { key: 'one' })).toBe(false);
      expect(await queue.queue.put('again', { key: 'two' })).toBe(false);
      await queue.put('c', 'three');
    },
  },
  [REMOVAL]: {
    options: { segmentBytes: 1024 },
    async script(program) {
      const queue = await program.open();
      const values = Array.from({ length: 7 }, (_, index) => `${index}${'.'.repeat(400)}`);
      for (const value of values.slice(0, 5)) await queue.put(value, `key ${value[0]}`);
      for (let left = 4; left > 0; left -= 1) await queue.done(await queue.take());
      for (const value of values.slice(5)) await queue.put(value, `key ${value[0]}`);
      for (let left = 2; left > 0; left -= 1) await queue.done(await queue.take());
      await queue.dispose();
    },
  },
  'Q-37 removal of the journals of two earlier runs': {
    options: { segmentBytes: 1024 },
    before: [
      async (program) => {
        const queue = await program.open();
        for (const number of [0, 1, 2, 3]) await queue.put(`${number}${'.'.repeat(400)}`, `key ${number}`);
        await queue.done(await queue.take());
      },
      async (program) => {
        const queue = await program.open();
        await queue.done(await queue.take());
      },
    ],
    // Put journals first, and then the done journals that spoke of nothing else: there are several of both.
    async script(program) {
      const queue = await program.open();
      await queue.put('of this run');
      for (let left = 3; left > 0; left -= 1) await queue.done(await queue.take());
      await queue.dispose();
    },
  },
  [FINISHED]: {
    before: [
      async (program) => {
        const queue = await program.open();
        await queue.put('a', 'one');
        await queue.put('b', 'two');
        await queue.done(await queue.take());
        await queue.done(await queue.take());
        await queue.close();
        await queue.dispose();
      },
    ],
    async script(program) {
      const queue = await program.open();
      expect(await queue.put('c', 'one')).toBe(true);
      await queue.put('d');
      await queue.done(await queue.take());
    },
  },
  'Q-33 explicit_journalDir_and_resumeFrom: resumed from another directory': {
    directories: ['/runs/1/'],
    before: [
      async (program) => {
        const queue = await program.open({ directory: '/runs/1' });
        await queue.putAll('a', 'b', 'c', 'd');
        await queue.done(await queue.take());
        await queue.take();
      },
    ],
    async script(program) {
      const queue = await program.open({ directory: '/runs/2', resumeFrom: '/runs/1' });
      await queue.put('e');
      await queue.done(await queue.take());
    },
    next: (left) => {
      const last = left['/runs/2/queue.json'] !== undefined ? '/runs/2' : '/runs/1';
      return [
        { directory: '/runs/3', options: { resumeFrom: last } },
        { directory: '/runs/4', options: { resumeFrom: '/runs/3' } },
      ];
    },
  },
};
