import { expect, it } from 'vitest';
import type { FileSystem, OpenFile } from '../../src/fs/file-system.ts';

/** The path of a name in the directory of the test. */
export type At = (name: string) => string;

/** What every file opened through the port must do. */
export function openFileContract(disk: () => FileSystem, at: At): void {
  opening(disk, at);
  bytes(disk, at);
}

function opening(disk: () => FileSystem, at: At): void {
  it('append and create make a new file, and refuse one that is there', async () => {
    await create(disk(), at('file'), 'x');
    for (const mode of ['append', 'create'] as const) {
      await expect(disk().open(at('file'), mode)).rejects.toMatchObject({ code: 'EEXIST' });
      await expect(disk().open(at('none/file'), mode)).rejects.toMatchObject({ code: 'ENOENT' });
    }
    expect(await contents(disk(), at('file'))).toBe('x');
  });

  it('read and update want a plain file that is there', async () => {
    await disk().mkdir(at('dir'));
    for (const mode of ['read', 'update'] as const) {
      await expect(disk().open(at('none'), mode)).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(disk().open(at('dir'), mode)).rejects.toMatchObject({ code: 'EISDIR' });
    }
    expect(await disk().lstat(at('none'))).toBeUndefined();
  });

  it('a file opened to read is not written', async () => {
    await create(disk(), at('file'), 'x');
    const file = await disk().open(at('file'), 'read');
    expect(() => put(file, 'y')).toThrow(expect.objectContaining({ code: 'EBADF' }));
    expect(() => file.truncate(0)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    file.close();
    expect(await contents(disk(), at('file'))).toBe('x');
  });

  it('a closed file is of no more use, and closing it again harms no other', async () => {
    const file = await disk().open(at('file'), 'append');
    file.close();
    const other = await disk().open(at('other'), 'append');
    file.close();
    expect(put(other, 'x')).toBe(1);
    other.close();
    expect(() => put(file, 'x')).toThrow();
    expect(() => file.size()).toThrow();
    await expect(file.sync()).rejects.toThrow();
  });
}

function bytes(disk: () => FileSystem, at: At): void {
  it('append writes to the end, wherever it is told to', async () => {
    const file = await disk().open(at('file'), 'append');
    put(file, 'one');
    put(file, 'two', 0);
    expect(file.write(Buffer.from('xthreex'), 1, 5)).toBe(5);
    expect(file.size()).toBe(11);
    file.close();
    expect(await contents(disk(), at('file'))).toBe('onetwothree');
  });

  it('create writes in place in its new file', async () => {
    const file = await disk().open(at('file'), 'create');
    put(file, 'abcdef', 0);
    put(file, 'XY', 2);
    expect(file.size()).toBe(6);
    file.truncate(5);
    await file.sync();
    file.close();
    expect(await contents(disk(), at('file'))).toBe('abXYe');
  });

  it('update writes in place and past the end, the gap read as NULs', async () => {
    await create(disk(), at('file'), 'abcdef');
    const file = await disk().open(at('file'), 'update');
    put(file, 'XY', 2);
    expect(file.size()).toBe(6);
    put(file, 'Z', 8);
    file.close();
    expect(await contents(disk(), at('file'))).toBe('abXYef\0\0Z');
  });

  it('read gives what is there, and 0 at the end', async () => {
    await create(disk(), at('file'), 'abcdef');
    const file = await disk().open(at('file'), 'read');
    const buffer = Buffer.alloc(8, '.');
    expect(file.read(buffer, 1, 4, 3)).toBe(3);
    expect(buffer.toString()).toBe('.def....');
    expect(file.read(buffer, 0, 8, 6)).toBe(0);
    expect(file.read(buffer, 0, 8, 60)).toBe(0);
    file.close();
  });

  it('truncate cuts, and fills with NULs', async () => {
    await create(disk(), at('file'), 'abcdef');
    const file = await disk().open(at('file'), 'update');
    file.truncate(2);
    expect(file.size()).toBe(2);
    file.truncate(4);
    file.close();
    expect(await contents(disk(), at('file'))).toBe('ab\0\0');
  });

  it('what one has written the other reads, before and after it was synced', async () => {
    const writer = await disk().open(at('file'), 'append');
    put(writer, 'one');
    expect(await contents(disk(), at('file'))).toBe('one');
    writer.syncNow();
    put(writer, 'two');
    await writer.sync();
    expect(await contents(disk(), at('file'))).toBe('onetwo');
    writer.close();
  });

  it('holds any bytes, and a megabyte of them', async () => {
    const whole = Buffer.alloc(
      1 << 20,
      Uint8Array.from({ length: 251 }, (_, index) => index),
    );
    const file = await disk().open(at('file'), 'append');
    expect(file.write(whole, 0, whole.length)).toBe(whole.length);
    file.close();
    const back = Buffer.alloc(whole.length);
    const reader = await disk().open(at('file'), 'read');
    expect(reader.read(back, 0, back.length, 0)).toBe(whole.length);
    reader.close();
    expect(back.equals(whole)).toBe(true);
  });
}

/** A new file with this text; gives its inode. */
export async function create(fs: FileSystem, path: string, text: string): Promise<bigint | undefined> {
  const file = await fs.open(path, 'append');
  put(file, text);
  file.close();
  return (await fs.lstat(path))?.inode;
}

/** One write of a text. */
export function put(file: OpenFile, text: string, position?: number): number {
  const buffer = Buffer.from(text);
  return file.write(buffer, 0, buffer.length, position);
}

/** All that is in a file. */
export async function contents(fs: FileSystem, path: string): Promise<string> {
  const file = await fs.open(path, 'read');
  const buffer = Buffer.alloc(file.size());
  file.read(buffer, 0, buffer.length, 0);
  file.close();
  return buffer.toString();
}
