import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { CrashingDisk } from './crashing-disk.ts';
import { DiskFile } from './disk-file.ts';

async function write(fs: FileSystem, path: string, text: string): Promise<void> {
  const file = await fs.open(path, 'append');
  file.write(Buffer.from(text), 0, Buffer.byteLength(text));
  file.close();
}

describe('a crashing disk', () => {
  it('shows all processes the same, and goes on when one dies', async () => {
    const disk = new CrashingDisk({ '/q/old': 'x' });
    const [one, other] = [disk.process(), disk.process()];
    await write(one, '/q/new', 'text');
    one.kill();
    await expect(one.lstat('/q/new')).rejects.toThrow('the process ended');
    expect(await other.lstat('/q/new')).toMatchObject({ size: 4 });
    expect(disk.files()).toEqual({ '/q/new': 'text', '/q/old': 'x' });
  });

  it('forgets a file without a name when the last process that held it dies', async () => {
    const disk = new CrashingDisk();
    const [one, other] = [disk.process(), disk.process()];
    const file = await one.open('/a', 'append');
    const inode = (await other.lstat('/a'))?.inode;
    await other.unlink('/a');
    expect(file.links()).toBe(0);
    await write(other, '/b', '');
    expect((await other.lstat('/b'))?.inode).not.toBe(inode);
    one.kill();
    await write(other, '/c', '');
    expect((await other.lstat('/c'))?.inode, 'the number is given again').toBe(inode);
  });

  it('lists names in no order that could be relied on', async () => {
    const fs = new CrashingDisk({ '/q/a': '', '/q/b': '', '/q/c': '' }).process();
    expect(await fs.readdir('/q')).toEqual(['c', 'b', 'a']);
  });

  it('does not do what was under way when its process died', async () => {
    const disk = new CrashingDisk({ '/q/a': '' });
    const process = disk.process();
    const file = await process.open('/q/a', 'update');
    file.write(Buffer.from('text'), 0, 4, 0);
    const syncing = file.sync();
    process.kill();
    await expect(syncing).rejects.toThrow('the process ended');
    expect([...disk.walk()].map(([, { isDurable }]) => isDurable)).toEqual([false]);
  });

  it('finishes a sync of a file that is closed meanwhile', async () => {
    const disk = new CrashingDisk({ '/q/a': '' });
    const file = await disk.process().open('/q/a', 'update');
    file.write(Buffer.from('text'), 0, 4, 0);
    const syncing = file.sync();
    file.close();
    await syncing;
    expect([...disk.walk()].map(([, { isDurable }]) => isDurable)).toEqual([true]);
  });

  it('is cloned with all that is unsafe on it, and then shares nothing', async () => {
    const disk = new CrashingDisk({ '/q/a': 'a', '/q/sub/b': 'b' });
    const process = disk.process();
    const file = await process.open('/q/a', 'update');
    file.write(Buffer.from('X'), 0, 1, 0);
    await process.link('/q/a', '/q/sub/c');
    const twin = disk.clone();
    file.write(Buffer.from('Y'), 0, 1, 0);
    await process.unlink('/q/sub/b');
    const there = await twin.process().open('/q/sub/c', 'update');
    there.write(Buffer.from('ZZ'), 0, 2, 0);
    expect(disk.files()).toEqual({ '/q/a': 'Y', '/q/sub/c': 'Y' });
    expect(twin.files()).toEqual({ '/q/a': 'ZZ', '/q/sub/b': 'b', '/q/sub/c': 'ZZ' });
    expect(twin.names.pending.map(({ text }) => text)).toEqual(['link /q/a → /q/sub/c']);
    expect((await twin.process().lstat('/q/a'))?.links).toBe(2);
  });
});

describe('the bytes of a file on a crashing disk', () => {
  type Act = { at: number; bytes: Uint8Array } | { length: number } | 'sync' | 'clone' | 'look';

  const act: fc.Arbitrary<Act> = fc.oneof(
    fc.record({ at: fc.nat(40), bytes: fc.uint8Array({ minLength: 1, maxLength: 20 }) }),
    fc.record({ length: fc.nat(50) }),
    fc.constantFrom('sync' as const, 'clone' as const, 'look' as const),
  );

  it('are those of a plain array, whatever is written, cut, synced and shared', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        let file = new DiskFile(2n, Buffer.from('begin'));
        let plain: number[] = [...Buffer.from('begin')];
        const earlier: { file: DiskFile; plain: readonly number[] }[] = [];
        const views: { view: Uint8Array; plain: readonly number[] }[] = [];
        for (const step of acts) {
          if (step === 'sync') file.beginSync()();
          else if (step === 'look') views.push({ view: file.content(), plain: [...plain] });
          else if (step === 'clone') {
            earlier.push({ file, plain: [...plain] });
            file = file.clone();
          } else if ('length' in step) {
            file.truncate(step.length);
            plain = Array.from({ length: step.length }, (_, index) => plain[index] ?? 0);
          } else {
            file.write(step.at, step.bytes);
            for (let index = plain.length; index < step.at; index += 1) plain[index] = 0;
            for (const [index, byte] of step.bytes.entries()) plain[step.at + index] = byte;
          }
          expect([...file.content()]).toEqual(plain);
        }
        for (const old of earlier) expect([...old.file.content()]).toEqual(old.plain);
        for (const old of views) expect([...old.view]).toEqual(old.plain);
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('are all there, or what was synced, whatever else may be left of them', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        const file = new DiskFile(2n);
        let synced = '';
        for (const step of acts) {
          if (step === 'sync') {
            file.beginSync()();
            synced = Buffer.from(file.content()).toString('hex');
          } else if (typeof step === 'string') continue;
          else if ('length' in step) file.truncate(step.length);
          else file.write(step.at, step.bytes);
        }
        const left = file.remains([4, 8]).map(({ bytes }) => Buffer.from(bytes()).toString('hex'));
        expect(left[0]).toBe(Buffer.from(file.content()).toString('hex'));
        if (left.length > 1) expect(left[1]).toBe(synced);
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});
