import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { FolderEvents } from '../../src/fs/folder-watch.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { manualClock, memoryDisk } from '../../src/testing/index.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { drop, inFolder, openReader, said } from '../support/folder-ground.ts';
import { gate } from '../support/gate.ts';
import { tempFolder } from '../support/temp-folder.ts';

const HELO = said(1, 'helo');
const DONE = said(1, 'helo', 'done');

async function turns(count = 30): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A source of events that a test drives. */
function events(): { readonly source: FolderEvents; fire(): void; readonly begun: number; readonly running: number } {
  let fire = (): void => undefined;
  let [begun, running] = [0, 0];
  return {
    source: async (_, onEvent) => {
      begun += 1;
      running += 1;
      fire = onEvent;
      return async () => void (running -= 1);
    },
    fire: () => fire(),
    get begun() {
      return begun;
    },
    get running() {
      return running;
    },
  };
}

describe('what it waits for comes', () => {
  const sources: Record<string, boolean | FolderEvents> = {
    'F-36 though the watcher drops everything': async () => async () => undefined,
    'F-36 though the watcher can not be started': async () => Promise.reject(new Error('ENOSPC: no watches left')),
    'F-37 by polling alone': false,
  };

  it.each(Object.entries(sources))('%s, after pollIntervalMs at the latest', async (_, watch) => {
    const fs = memoryDisk(inFolder(HELO));
    const clock = manualClock();
    const queue = await openReader(fs, { clock, watch, pollIntervalMs: 700 });
    for (const name of ['a.tsv', 'b.tsv']) {
      const getting = queue.get();
      await turns();
      await drop(fs, `/q/${name}`);
      await clock.advance(700);
      const file = await getting;
      expect(file?.name).toBe(name);
      await file?.done();
    }
    const end = queue.get();
    await turns();
    for (const [path, text] of Object.entries(inFolder(said(1, 'helo', 'done')))) if (path.endsWith('.done')) await drop(fs, path, text);
    await clock.advance(1_400);
    expect(await end).toBeUndefined();
    await queue.dispose();
  });

  it('sooner by an event, which is not lost while it looks', async () => {
    const memory = memoryDisk(inFolder(HELO));
    const clock = manualClock();
    const told = events();
    let pass = gate();
    pass.open();
    // Listings wait, when a test says so, after they have seen everything.
    const scan: FileSystem['scan'] = async (path, visit) => {
      await memory.scan(path, visit);
      await pass.opened;
    };
    const queue = await openReader({ ...memory, scan }, { clock, watch: told.source, pollIntervalMs: 60_000, leaseMs: 600_000 });
    const getting = queue.get();
    await turns();
    pass = gate();
    told.fire();
    await clock.advance(60);
    // It lists now, and does not see what comes.
    await drop(memory, '/q/a.tsv');
    told.fire();
    await clock.advance(60);
    pass.open();
    await clock.advance(60);
    expect((await getting)?.name).toBe('a.tsv');
    await queue.dispose();
  });

  it('with one watcher for as long as somebody waits, and none after', async () => {
    const fs = memoryDisk(inFolder(HELO));
    const clock = manualClock();
    const told = events();
    const queue = await openReader(fs, { clock, watch: told.source });
    const getting = [queue.get(), queue.get()];
    await clock.advance(20_000);
    expect(told).toMatchObject({ begun: 1, running: 1 });
    await drop(fs, '/q/a.tsv');
    await drop(fs, '/q/b.tsv');
    await clock.advance(1_000);
    await Promise.all(getting);
    expect(told).toMatchObject({ begun: 1, running: 0 });
    await queue.dispose();
  });

  it('on the real disk by the system’s events, long before the timer', async () => {
    const folder = tempFolder();
    const queue = await ReadableFolderQueue.open(folder, { pollIntervalMs: 60_000, leaseMs: 600_000 });
    const getting = queue.get({ timeoutMs: 30_000 });
    // Until it is watched nothing is told; the watcher's own start is one event.
    await new Promise((resolve) => setImmediate(resolve));
    writeFileSync(join(folder, 'a.tsv'), 'rows');
    expect((await getting)?.name).toBe('a.tsv');
    await queue.dispose();
  });
});

it('an unchanged folder is looked at, and not listed, at each poll', async () => {
  const fs = new FaultyDisk(memoryDisk(inFolder(HELO)));
  const clock = manualClock();
  const queue = await openReader(fs, { clock });
  const getting = queue.get({ timeoutMs: 100_000 }).catch((error: unknown) => error);
  await clock.advance(10_000);
  const before = fs.calls.length;
  await clock.advance(50_000);
  const calls = fs.calls.slice(before);
  expect(calls.filter(({ operation }) => operation === 'scan').length).toBeLessThanOrEqual(6);
  expect(calls.length).toBeLessThan(300);
  await queue.dispose();
  expect(await getting).toMatchObject({ code: 'ERR_QUEUE_CLOSED' });
});

describe('a signal', () => {
  it('that is aborted already is told at once, and nothing is taken', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': '' }));
    const queue = await openReader(fs);
    await expect(queue.get({ signal: AbortSignal.abort(new Error('no more')) })).rejects.toThrow('no more');
    expect((await queue.get())?.attempt).toBe(1);
    await queue.dispose();
  });

  it('ends the wait at once, also while a slow disk is looked at, and loses nothing', async () => {
    const memory = memoryDisk(inFolder(HELO));
    const pass = gate();
    const scan: FileSystem['scan'] = async (path, visit) => {
      if (path === '/q') await pass.opened;
      await memory.scan(path, visit);
    };
    const clock = manualClock();
    const queue = await openReader({ ...memory, scan }, { clock });
    const stop = new AbortController();
    const getting = queue.get({ signal: stop.signal });
    await turns();
    stop.abort(new Error('no more'));
    await expect(getting).rejects.toThrow('no more');
    pass.open();
    await drop(memory, '/q/a.tsv');
    expect((await queue.get())?.name).toBe('a.tsv');
    await queue.dispose();
    expect(clock.pending).toBe(0);
  });

  it('of one who waits ends nobody else’s wait', async () => {
    const fs = memoryDisk(inFolder(HELO));
    const clock = manualClock();
    const queue = await openReader(fs, { clock });
    const stop = new AbortController();
    const [one, other] = [queue.get({ signal: stop.signal }), queue.get()];
    await clock.advance(500);
    stop.abort(new Error('no more'));
    await expect(one).rejects.toThrow('no more');
    await drop(fs, '/q/a.tsv');
    await clock.advance(1_000);
    expect((await other)?.name).toBe('a.tsv');
    await queue.dispose();
  });

  it('is listened to no longer than the call lasts', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `${index}.tsv`);
    const fs = memoryDisk(inFolder({ ...Object.fromEntries(names.map((name) => [name, ''])), ...DONE }));
    const queue = await openReader(fs);
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners += 1;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners -= 1;
      removeEventListener.apply(signal, args);
    };
    for (let file = await queue.get({ signal }); file !== undefined; file = await queue.get({ signal })) await file.done();
    expect(listeners).toBe(0);
    await queue.dispose();
  });
});

describe('a time that is over', () => {
  it('of nothing still looks once', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': '' }));
    const queue = await openReader(fs, { clock: manualClock() });
    expect((await queue.get({ timeoutMs: 0 }))?.name).toBe('a.tsv');
    await expect(queue.get({ timeoutMs: 0 })).rejects.toMatchObject({ code: 'ERR_QUEUE_TIMEOUT', timeoutMs: 0 });
    await queue.dispose();
  });

  it('is told in a folder in which something happens all the time, too', async () => {
    const fs = memoryDisk(inFolder(HELO));
    const clock = manualClock();
    const told = events();
    const queue = await openReader(fs, { clock, watch: told.source });
    let isOver = false;
    const getting = queue.get({ timeoutMs: 2_000 }).finally(() => (isOver = true));
    const refused = expect(getting).rejects.toMatchObject({ code: 'ERR_QUEUE_TIMEOUT', timeoutMs: 2_000 });
    for (let time = 0; time < 40 && !isOver; time += 1) {
      await drop(fs, `/q/${time}.part`);
      told.fire();
      await clock.advance(60);
    }
    await refused;
    expect(clock.monotonic()).toBeLessThan(2_200);
    await queue.dispose();
  });
});

describe('several who wait', () => {
  it('get one file each, and one look serves all of them', async () => {
    const fs = new FaultyDisk(memoryDisk(inFolder(HELO)));
    const clock = manualClock();
    const queue = await openReader(fs, { clock });
    const getting = Array.from({ length: 10 }, () => queue.get());
    await clock.advance(3_000);
    for (let index = 0; index < 10; index += 1) await drop(fs, `/q/${index}.tsv`);
    const before = fs.calls.length;
    await clock.advance(1_000);
    const files = await Promise.all(getting);
    expect(new Set(files.map((file) => file?.name)).size).toBe(10);
    expect(fs.calls.slice(before).filter(({ operation }) => operation === 'scan').length).toBeLessThan(4);
    await queue.dispose();
  });

  it('are all told what the disk refused, and nobody is left behind', async () => {
    let isBroken = false;
    const fs = new FaultyDisk(memoryDisk(inFolder(HELO)), {
      faults: [{ at: ({ operation }) => isBroken && operation === 'scan', errno: 'EIO' }],
    });
    const clock = manualClock();
    const queue = await openReader(fs, { clock });
    const getting = Promise.allSettled([queue.get(), queue.get(), queue.get()]);
    await clock.advance(100);
    isBroken = true;
    await drop(fs, '/q/a.part');
    await clock.advance(2_000);
    for (const result of await getting)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ERR_DISK', errno: 'EIO', path: '/q' } });
    isBroken = false;
    await drop(fs, '/q/a.tsv');
    expect((await queue.get())?.name).toBe('a.tsv');
    await queue.dispose();
  });
});

describe('dispose', () => {
  it('while a file is being taken waits for it, and gives it back', async () => {
    const memory = memoryDisk(inFolder({ 'a.tsv': '', ...DONE }));
    const pass = gate();
    const rename: FileSystem['rename'] = async (from, to) => {
      await memory.rename(from, to);
      if (to.endsWith('.wip')) await pass.opened;
    };
    const queue = await openReader({ ...memory, rename });
    const getting = queue.get();
    const refused = expect(getting).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' });
    await turns();
    const disposing = queue.dispose();
    await turns();
    pass.open();
    await Promise.all([disposing, refused]);
    expect((await memory.readdir('/q')).filter((name) => name.startsWith('a.tsv'))).toEqual([expect.stringMatching(/a0\.again$/)]);
    expect(await memory.readdir('/q/.dibs/consumers')).toEqual([]);
  });

  it('while a file is being settled waits for that', async () => {
    const memory = memoryDisk(inFolder({ 'a.tsv': '', ...DONE }));
    const pass = gate();
    const link: FileSystem['link'] = async (from, to) => {
      await pass.opened;
      await memory.link(from, to);
    };
    const queue = await openReader(memory);
    const file = await queue.get();
    await queue.dispose();
    const slow = await openReader({
      ...memory,
      link: async (from, to) => (to.includes('/done/') ? link(from, to) : memory.link(from, to)),
    });
    const again = await slow.get();
    const settling = again?.done();
    const disposing = slow.dispose();
    await turns();
    pass.open();
    await Promise.all([settling, disposing]);
    expect(file?.hold.state).toBe('released');
    expect(await memory.readdir('/q/done')).toEqual(['a.tsv']);
  });

  it('ends all waits at once, and leaves no timer behind', async () => {
    const clock = manualClock();
    const queue = await openReader(memoryDisk(inFolder(HELO)), { clock, pollIntervalMs: 86_400_000, leaseMs: 86_400_000 });
    const waits = [queue.get(), queue.get({ timeoutMs: 1e6 }), queue.getMany(3), queue[Symbol.asyncIterator]().next()];
    const told = Promise.allSettled(waits);
    await turns();
    await queue.dispose();
    for (const result of await told) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ERR_QUEUE_CLOSED' } });
    expect(clock.pending).toBe(0);
  });

  it('that the disk refuses says so, and what was held comes back to others', async () => {
    let isBroken = false;
    const memory = memoryDisk(inFolder({ 'a.tsv': '', ...DONE }));
    const fs = new FaultyDisk(memory, { faults: [{ at: ({ operation }) => isBroken && operation === 'rename', errno: 'EIO' }] });
    const queue = await openReader(fs, { leaseMs: 1_000 });
    await queue.get();
    isBroken = true;
    await expect(queue.dispose()).rejects.toMatchObject({ code: 'ERR_DISK', errno: 'EIO' });
    const other = await openReader(memory, { leaseMs: 1_000, pollIntervalMs: 100 });
    expect(await other.get()).toMatchObject({ name: 'a.tsv', attempt: 2 });
    await other.dispose();
  });
});

it('a name that can never be claimed though it is listed takes the process no time', async () => {
  const memory = memoryDisk(inFolder({ 'ghost.tsv': '', ...DONE }));
  const gone = (path: string): Error => Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT', errno: -2, syscall: 'rename', path });
  const rename: FileSystem['rename'] = async (from, to) => {
    if (from.includes('ghost')) throw gone(from);
    await memory.rename(from, to);
  };
  const clock = manualClock();
  const queue = await openReader({ ...memory, rename }, { clock });
  const getting = queue.get({ timeoutMs: 5_000 });
  const refused = expect(getting).rejects.toMatchObject({ code: 'ERR_QUEUE_TIMEOUT' });
  for (let time = 0; time < 60; time += 1) await clock.advance(100);
  await refused;
  expect(await queue.tryGet()).toBeUndefined();
  await queue.dispose();
});
