import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disk } from '../../src/fs/disk.ts';
import { tempFolder } from '../support/temp-folder.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function errnoOf(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => 'nothing was refused',
    (reason: unknown) => reason,
  );
  return error instanceof Error && 'code' in error ? error.code : error;
}

describe('open to append', () => {
  it('makes a new file and writes at its end, and refuses one that is there', async () => {
    const path = join(tempFolder(), 'a');
    const file = await disk.open(path, 'append');
    expect(file.write(bytes('one'), 0, 3)).toBe(3);
    expect(file.write(bytes('two'), 0, 3, 0)).toBe(3);
    file.truncate(4);
    file.write(bytes('-end'), 1, 3);
    expect(file.size()).toBe(7);
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('onetend');
    expect(await errnoOf(disk.open(path, 'append'))).toBe('EEXIST');
  });
});

describe('open to update', () => {
  it('writes in place, also when no file was there yet to read', async () => {
    const path = join(tempFolder(), 'a');
    expect(await errnoOf(disk.open(path, 'update'))).toBe('ENOENT');
    writeFileSync(path, '0000000001 rest');
    const file = await disk.open(path, 'update');
    file.write(bytes('0000000002'), 0, 10, 0);
    file.syncNow();
    const seen = new Uint8Array(20);
    expect(file.read(seen, 0, 20, 0)).toBe(15);
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('0000000002 rest');
  });
});

describe('open to read', () => {
  it('refuses a link, a directory and a FIFO, and never waits for one', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'plain'), 'x');
    symlinkSync(join(folder, 'plain'), join(folder, 'link'));
    mkdirSync(join(folder, 'directory'));
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    for (const mode of ['read', 'update'] as const) {
      expect(await errnoOf(disk.open(join(folder, 'link'), mode))).toBe('ELOOP');
      expect(await errnoOf(disk.open(join(folder, 'directory'), mode))).toBe('EISDIR');
      expect(await errnoOf(disk.open(join(folder, 'fifo'), mode))).toBe('EINVAL');
    }
  });

  it('reads where it is told to, and 0 bytes at the end', async () => {
    const path = join(tempFolder(), 'a');
    writeFileSync(path, 'abcdef');
    const file = await disk.open(path, 'read');
    const seen = new Uint8Array(8).fill(45);
    expect(file.read(seen, 2, 3, 1)).toBe(3);
    expect(new TextDecoder().decode(seen)).toBe('--bcd---');
    expect(file.read(seen, 0, 8, 6)).toBe(0);
    file.close();
  });
});

describe('an open file', () => {
  it('knows how many names it has, and that it has none left', async () => {
    const path = join(tempFolder(), 'a');
    const file = await disk.open(path, 'append');
    expect(file.links()).toBe(1);
    await disk.link(path, `${path}2`);
    expect(file.links()).toBe(2);
    await disk.unlink(path);
    await disk.unlink(`${path}2`);
    expect(file.links()).toBe(0);
    file.close();
  });

  it('refuses everything once it is closed, and is closed once', async () => {
    const path = join(tempFolder(), 'a');
    const file = await disk.open(path, 'append');
    const syncing = file.sync();
    file.close();
    file.close();
    await syncing;
    const others = openSync(path, 'r');
    expect(() => file.write(bytes('x'), 0, 1)).toThrow(/EBADF/);
    expect(() => file.links()).toThrow(/EBADF/);
    expect(() => file.syncNow()).toThrow(/EBADF/);
    await expect(file.sync()).rejects.toThrow(/EBADF/);
    closeSync(others);
  });
});

describe('names', () => {
  it('are made, listed, linked, renamed and removed', async () => {
    const folder = join(tempFolder(), 'deep', 'er');
    await disk.mkdir(folder);
    await disk.mkdir(folder);
    (await disk.open(join(folder, 'a'), 'append')).close();
    await disk.link(join(folder, 'a'), join(folder, 'b'));
    expect(await errnoOf(disk.link(join(folder, 'a'), join(folder, 'b')))).toBe('EEXIST');
    await disk.rename(join(folder, 'b'), join(folder, 'c'));
    await disk.unlink(join(folder, 'a'));
    expect(await disk.readdir(folder)).toEqual(['c']);
    expect(await errnoOf(disk.rename(join(folder, 'b'), join(folder, 'd')))).toBe('ENOENT');
    expect(await errnoOf(disk.readdir(join(folder, 'none')))).toBe('ENOENT');
    await disk.syncDirectory(folder);
  });

  it('say what lies under them, links not followed', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'plain'), 'four');
    symlinkSync(join(folder, 'plain'), join(folder, 'link'));
    const plain = await disk.lstat(join(folder, 'plain'));
    expect(plain).toMatchObject({ kind: 'file', size: 4, links: 1 });
    expect(typeof plain?.inode).toBe('bigint');
    expect(Math.abs((plain?.modifiedMs ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await disk.lstat(join(folder, 'link'))).toMatchObject({ kind: 'other' });
    expect(await disk.lstat(folder)).toMatchObject({ kind: 'directory' });
    expect(await disk.lstat(join(folder, 'none'))).toBeUndefined();
    expect(await disk.lstat(join(folder, 'plain', 'below'))).toBeUndefined();
  });
});

describe('a process that has no file left to open', () => {
  it('waits until one is closed', () => {
    const folder = tempFolder();
    const script = `
      import { closeSync, openSync } from 'node:fs';
      import { disk } from ${JSON.stringify(new URL('../../dist/fs/disk.js', import.meta.url).href)};
      const held = [];
      let refused;
      while (!refused) try { held.push(openSync('f' + held.length, 'wx')); } catch (error) { refused = error.code; }
      const waiting = Promise.all([disk.open('f0', 'read'), disk.readdir('.'), disk.syncDirectory('.')]);
      for (const fd of held) closeSync(fd);
      const [file, names] = await waiting;
      file.close();
      console.log(refused, names.length === held.length);
    `;
    const limited = 'ulimit -n 64 && exec "$0" --input-type=module --eval "$1"';
    expect(execFileSync('sh', ['-c', limited, process.execPath, script], { cwd: folder, encoding: 'utf8' })).toBe('EMFILE true\n');
  });
});

it.skipIf(process.platform !== 'linux')('says so where a directory can not be made though nothing is in its way', async () => {
  expect(await errnoOf(disk.mkdir('/proc/dibs/queue'))).toBe('ENOENT');
});
