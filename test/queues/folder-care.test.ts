import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { ClaimLostError } from '../../src/errors.ts';
import { NotAClaimError } from '../../src/folders/folder-errors.ts';
import { isMessageName } from '../../src/formats/message-name.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { tempFolder } from '../support/temp-folder.ts';

const HOSTILE = ['-rf.tsv', 'a b.tsv', 'x.tsv.tsv', 'a.wip.tsv', 'a.tsv.b-1a1.wip.tsv', 'ä😀.tsv', 'n~1.tsv', `${'l'.repeat(176)}.tsv`];

describe('names', () => {
  it.each(HOSTILE)('F-07 the original name from the claim and back: %s', async (name) => {
    const folder = tempFolder();
    writeFileSync(join(folder, name), 'x');
    const queue = await ReadableFolderQueue.open(folder, { watch: false });
    expect(await queue.claimedPath(name)).toBeUndefined();
    const file = await queue.tryGet();
    expect(file?.name).toBe(name);
    expect(queue.originalName(file?.path ?? '')).toBe(name);
    expect(await queue.claimedPath(name)).toBe(file?.path);
    await file?.release();
    expect(queue.originalName(join(folder, readdirSync(folder).find((one) => one.endsWith('.again')) ?? ''))).toBe(name);
    expect(queue.originalName(name)).toBe(name);
    await queue.dispose();
  });

  it('F-07 the original name from the claim and back for any legal name', async () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((text) => `${text}.tsv`);
    const legal = name.filter((one) => isMessageName(one, '.tsv'));
    await fc.assert(
      fc.asyncProperty(legal, async (one) => {
        const fileSystem = memoryDisk({ [`/q/${one}`]: 'x' });
        const queue = await ReadableFolderQueue.open('/q', { fileSystem, clock: hastyClock(), watch: false });
        const file = await queue.tryGet();
        expect(queue.originalName(file?.path ?? '')).toBe(one);
        expect(await queue.claimedPath(one)).toBe(file?.path);
        await queue.dispose();
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it('knows no original name of what is no message', async () => {
    const queue = await ReadableFolderQueue.open(tempFolder(), { watch: false });
    for (const other of ['a.csv', '004711_0123456789_a.wip', '.dibs', 'a.tsv.wip', '']) expect(queue.originalName(other)).toBeUndefined();
    await queue.dispose();
  });
});

describe('done by path', () => {
  it('F-11 done by path finishes what this reader has, and then it is settled', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'a.tsv'), 'a');
    const queue = await ReadableFolderQueue.open(folder, { watch: false });
    const file = await queue.tryGet();
    await queue.done(relative(process.cwd(), file?.path ?? ''));
    expect(readFileSync(join(folder, 'done', 'a.tsv'), 'utf8')).toBe('a');
    await expect(file?.done()).rejects.toMatchObject({ code: 'ERR_ITEM_SETTLED' });
    await expect(queue.done(file?.path ?? '')).rejects.toThrow(ClaimLostError);
    await queue.dispose();
  });

  it('F-11 done by path finishes what another reader has, and that one finds its claim gone', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'a.tsv'), 'a');
    const first = await ReadableFolderQueue.open(folder, { watch: false });
    const second = await ReadableFolderQueue.open(folder, { watch: false });
    const file = await first.tryGet();
    await second.done(file?.path ?? '');
    expect(readdirSync(join(folder, 'done'))).toEqual(['a.tsv']);
    await expect(file?.fail(new Error('late'))).rejects.toThrow(ClaimLostError);
    await first.dispose();
    await second.dispose();
  });

  it('F-11 done by path knows the folder by whatever way the path leads there', async () => {
    const folder = tempFolder();
    const link = join(tempFolder(), 'link');
    symlinkSync(folder, link);
    writeFileSync(join(folder, 'a.tsv'), 'a');
    writeFileSync(join(folder, 'b.tsv'), 'b');
    const queue = await ReadableFolderQueue.open(link, { watch: false });
    const [one, two] = await queue.getMany(2);
    await queue.done((one?.path ?? '').replace(link, folder));
    await queue.done(two?.path ?? '');
    expect(readdirSync(join(folder, 'done')).sort()).toEqual(['a.tsv', 'b.tsv']);
    await queue.dispose();
  });

  it('F-11 done by path refuses what is no claim of the folder, and touches nothing', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'a.tsv'), 'a');
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub', 'a.tsv.etl-1-7-aa-1a1.wip'), 'elsewhere');
    writeFileSync(join(folder, 'g.tsv.etl-1-7-aa-1a1.finished'), 'decided');
    const queue = await ReadableFolderQueue.open(folder, { watch: false });
    for (const [path, why] of [
      ['a.tsv', 'its name is no claim'],
      ['sub/a.tsv.etl-1-7-aa-1a1.wip', 'it lies elsewhere'],
      ['../a.tsv.etl-1-7-aa-1a1.wip', 'it lies elsewhere'],
      ['g.tsv.etl-1-7-aa-1a1.finished', 'was decided before'],
    ]) {
      const refusal = await queue.done(join(folder, path ?? '')).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(NotAClaimError);
      expect(String(refusal)).toContain(why);
    }
    await expect(queue.done('')).rejects.toThrow(TypeError);
    expect(readdirSync(folder)).toContain('a.tsv');
    await queue.dispose();
  });
});

describe('counts', () => {
  it('counts what is ready, claimed, given up and finished', async () => {
    const folder = tempFolder();
    for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(folder, `${name}.tsv`), name);
    writeFileSync(join(folder, 'notes.txt'), '');
    const queue = await ReadableFolderQueue.open(folder, { maxAttempts: 1, watch: false });
    expect(await queue.counts()).toEqual({ ready: 4, claimed: 0, failed: 0, done: 0 });
    const [first, second, third] = await queue.getMany(3);
    await first?.done();
    await second?.fail(new Error('no'));
    await third?.release();
    await queue.tryGet();
    expect(await queue.counts()).toEqual({ ready: 1, claimed: 1, failed: 1, done: 1 });
    await queue.dispose();
    const other = await ReadableFolderQueue.open(folder, { doneDir: null, watch: false });
    expect(await other.counts()).toEqual({ ready: 2, claimed: 0, failed: 1, done: null });
    await other.dispose();
  });
});

describe('a reader that clears its folder up', () => {
  it('F-34 reset takes from it what it has in hands itself, and tells it so', async () => {
    const fileSystem = memoryDisk({ '/q/a.tsv': 'a' });
    const queue = await ReadableFolderQueue.open('/q', { fileSystem, clock: hastyClock(), watch: false });
    const file = await queue.tryGet();
    expect(await queue.reset()).toEqual({ claims: 1, controlFiles: 0 });
    await expect(file?.done()).rejects.toThrow(ClaimLostError);
    expect(await queue.tryGet()).toMatchObject({ name: 'a.tsv', attempt: 2 });
    expect(await queue.releaseClaims()).toBe(1);
    expect(await queue.clearControlFiles()).toBe(0);
    await expect(queue.reset(JSON.parse('{"hard":true}'))).rejects.toThrow(TypeError);
    await queue.dispose();
  });

  it('F-34 reset by one reader is refused while another one lives', async () => {
    const fileSystem = memoryDisk({ '/q/a.tsv': 'a' });
    const open = (): Promise<ReadableFolderQueue> => ReadableFolderQueue.open('/q', { fileSystem, clock: hastyClock(), watch: false });
    const [first, second] = [await open(), await open()];
    await expect(first.reset()).rejects.toMatchObject({ code: 'ERR_FOLDER_IN_USE', user: second.consumer });
    await second.dispose();
    expect(await first.reset()).toEqual({ claims: 0, controlFiles: 0 });
    await first.dispose();
  });
});
