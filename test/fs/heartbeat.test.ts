import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { disk } from '../../src/fs/disk.ts';
import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { startHeartbeat } from '../../src/fs/heartbeat.ts';
import type { Heartbeat } from '../../src/fs/heartbeat.ts';
import { manualClock, memoryDisk } from '../../src/testing/index.ts';
import { tempFolder } from '../support/temp-folder.ts';

const FIRST = '0000000001 and the rest\n';

describe('on a disk that only this process can see', () => {
  async function start(fs: FileSystem) {
    const clock = manualClock();
    const file = await fs.open('/q/beat', 'update');
    const heartbeat = await startHeartbeat(fs, { path: '/q/beat', file, everyMs: 100, clock });
    async function text(): Promise<string> {
      const bytes = new Uint8Array(100);
      const reading = await fs.open('/q/beat', 'read');
      const length = reading.read(bytes, 0, 100, 0);
      reading.close();
      return new TextDecoder().decode(bytes.subarray(0, length));
    }
    return { clock, heartbeat, text };
  }

  it('beats by the clock it is given, in place, until it is stopped', async () => {
    const { clock, heartbeat, text } = await start(memoryDisk({ '/q/beat': FIRST }));
    await clock.advance(350);
    expect(await text()).toBe('0000000004 and the rest\n');
    heartbeat.stop();
    await clock.advance(1_000);
    expect(await text()).toBe('0000000004 and the rest\n');
    expect(clock.pending).toBe(0);
  });

  it('stops by itself when its file is gone', async () => {
    const fs = memoryDisk({ '/q/beat': FIRST });
    const { clock } = await start(fs);
    await clock.advance(100);
    expect(clock.pending).toBe(1);
    await fs.unlink('/q/beat');
    await clock.advance(100);
    expect(clock.pending).toBe(0);
  });

  it('goes on after a beat that the disk refused', async () => {
    const memory = memoryDisk({ '/q/beat': FIRST });
    let refused = 0;
    const fs: FileSystem = {
      ...memory,
      async open(path, mode) {
        const file = await memory.open(path, mode);
        const write: typeof file.write = (...args) => {
          if ((refused += 1) === 2) throw errnoError('EIO', 'write', path);
          return file.write(...args);
        };
        return { ...file, write };
      },
    };
    const { clock, text } = await start(fs);
    await clock.advance(300);
    expect(await text()).toBe('0000000004 and the rest\n');
  });
});

const threads: Worker[] = [];
process.on('worker', (thread) => threads.push(thread));

describe('on the real disk', () => {
  const EVERY = 20;

  async function start(path: string, everyMs = EVERY): Promise<Heartbeat> {
    const file = await disk.open(path, 'update');
    const heartbeat = await startHeartbeat(disk, { path, file, everyMs, clock: systemClock });
    onTestFinished(() => {
      heartbeat.stop();
      file.close();
    });
    return heartbeat;
  }

  const beatIn = (path: string): number => Number(readFileSync(path, 'latin1').slice(0, 10));

  async function beatsAfter(path: string, beat: number): Promise<number> {
    while (beatIn(path) <= beat) await sleep(EVERY / 2);
    return beatIn(path);
  }

  function blockFor(ms: number): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  }

  it('beats while this thread is blocked, and leaves the rest of the file alone', async () => {
    const path = join(tempFolder(), 'beat');
    writeFileSync(path, FIRST);
    await start(path);
    const before = await beatsAfter(path, 1);
    blockFor(20 * EVERY);
    expect(beatIn(path)).toBeGreaterThan(before + 5);
    expect(readFileSync(path, 'latin1')).toMatch(/^\d{10} and the rest\n$/);
  });

  it('F-18 beats no more once the process made no progress for as long as it may, and again once it does', async () => {
    const path = join(tempFolder(), 'beat');
    writeFileSync(path, FIRST);
    const file = await disk.open(path, 'update');
    const heartbeat = await startHeartbeat(disk, { path, file, everyMs: EVERY, clock: systemClock, maxStillMs: 10 * EVERY });
    onTestFinished(() => {
      heartbeat.stop();
      file.close();
    });
    for (let time = 0; time < 20; time += 1) {
      const before = beatIn(path);
      expect(await beatsAfter(path, before)).toBeGreaterThan(before);
      heartbeat.progress();
    }
    blockFor(15 * EVERY);
    const still = beatIn(path);
    blockFor(10 * EVERY);
    expect(beatIn(path)).toBe(still);
    heartbeat.progress();
    expect(await beatsAfter(path, still)).toBeGreaterThan(still);
  });

  it('writes nothing any more once stop has returned, however fast it beats', async () => {
    for (let round = 0; round < 30; round += 1) {
      const path = join(tempFolder(), 'beat');
      writeFileSync(path, FIRST);
      const heartbeat = await start(path, 1);
      await beatsAfter(path, 1 + (round % 3));
      heartbeat.stop();
      writeFileSync(path, 'released__ and the rest\n');
      blockFor(5);
      expect(readFileSync(path, 'latin1')).toBe('released__ and the rest\n');
    }
  });

  it('beats for many at once', async () => {
    const folder = tempFolder();
    const paths = Array.from({ length: 20 }, (_, index) => join(folder, String(index)));
    for (const path of paths) {
      writeFileSync(path, FIRST);
      await start(path);
    }
    for (const path of paths) expect(await beatsAfter(path, 3)).toBeGreaterThan(3);
  });

  it('stops by itself when its file is gone, and never writes in another that has its name', async () => {
    const folder = tempFolder();
    const path = join(folder, 'beat');
    writeFileSync(path, FIRST);
    await start(path);
    await beatsAfter(path, 1);
    linkSync(path, join(folder, 'kept'));
    rmSync(path);
    writeFileSync(path, FIRST);
    rmSync(join(folder, 'kept'));
    blockFor(5 * EVERY);
    expect(readFileSync(path, 'latin1')).toBe(FIRST);
  });

  it('does not begin on a file that is another by now', async () => {
    const path = join(tempFolder(), 'beat');
    writeFileSync(path, FIRST);
    const file = await disk.open(path, 'update');
    const heartbeat = await startHeartbeat(disk, { path, file, everyMs: 1, clock: systemClock });
    writeFileSync(`${path}2`, FIRST);
    renameSync(`${path}2`, path);
    await sleep(100);
    expect(readFileSync(path, 'latin1')).toBe(FIRST);
    heartbeat.stop();
    file.close();
  });

  it('is taken up by another thread when its own dies', async () => {
    const path = join(tempFolder(), 'beat');
    writeFileSync(path, FIRST);
    await start(path);
    await beatsAfter(path, 1);
    expect(threads).toHaveLength(1);
    await threads[0]?.terminate();
    const before = beatIn(path);
    while (beatIn(path) === before) await sleep(EVERY);
    expect(readFileSync(path, 'latin1')).toMatch(/^\d{10} and the rest\n$/);
  });
});
