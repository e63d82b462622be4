import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { contents, create, openFileContract, put } from './open-file.ts';
import type { At } from './open-file.ts';

/** An empty, writable directory on a disk of the kind that is to be tested. */
export interface Ground {
  readonly fs: FileSystem;
  readonly directory: string;
  clear?(): Promise<void>;
}

/** What every disk behind the FileSystem port must do. */
export function fileSystemContract(kind: string, make: () => Promise<Ground> | Ground): void {
  describe(`${kind} keeps the contract of the FileSystem port:`, () => {
    let ground: Ground;
    let fs: FileSystem;
    const at: At = (name) => `${ground.directory}/${name}`;

    beforeEach(async () => {
      ground = await make();
      fs = ground.fs;
    });
    afterEach(() => ground.clear?.());

    names(() => fs, at);
    links(() => fs, at);
    openFileContract(() => fs, at);
  });
}

function names(disk: () => FileSystem, at: At): void {
  it('mkdir makes what lies above too, and is content with what is there', async () => {
    await disk().mkdir(at('a/b/c'));
    await disk().mkdir(at('a/b'));
    expect(await kindOf(disk(), at('a/b/c'))).toBe('directory');
  });

  it('mkdir refuses the name of a file, and to make anything under one', async () => {
    await create(disk(), at('file'), 'x');
    await expect(disk().mkdir(at('file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(disk().mkdir(at('file/under'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('readdir gives the names, and fails for what is no directory', async () => {
    await create(disk(), at('one'), '');
    await disk().mkdir(at('two'));
    expect((await disk().readdir(at('.'))).sort()).toEqual(['one', 'two']);
    await expect(disk().readdir(at('none'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(disk().readdir(at('one'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('scan shows each name once and what it stands for, and fails for what is no directory', async () => {
    await create(disk(), at('one'), '');
    await disk().mkdir(at('two'));
    await create(disk(), at('two/inner'), '');
    const seen: string[] = [];
    await disk().scan(at('.'), (name, kind) => void seen.push(`${name} ${kind}`));
    expect(seen.sort()).toEqual(['one file', 'two directory']);
    await expect(disk().scan(at('none'), () => undefined)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(disk().scan(at('one'), () => undefined)).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('scan passes on what its visitor throws, and can be made again', async () => {
    await create(disk(), at('one'), '');
    const visit = (): never => {
      throw new Error('enough');
    };
    await expect(disk().scan(at('.'), visit)).rejects.toThrow('enough');
    const seen: string[] = [];
    await disk().scan(at('.'), (name) => void seen.push(name));
    expect(seen).toEqual(['one']);
  });

  it('isLocal says whether replies can be lost on the way', async () => {
    expect(typeof (await disk().isLocal(at('.')))).toBe('boolean');
  });

  it('lstat tells kind, size, inode and links, and is undefined where there is nothing', async () => {
    await create(disk(), at('file'), 'four');
    const stat = await disk().lstat(at('file'));
    expect(stat).toMatchObject({ kind: 'file', size: 4, links: 1 });
    expect(typeof stat?.inode).toBe('bigint');
    expect(stat?.device).toBe((await disk().lstat(at('.')))?.device);
    expect(typeof stat?.device).toBe('bigint');
    expect(stat?.modifiedMs).toBeGreaterThan(0);
    expect(await disk().lstat(at('none'))).toBeUndefined();
    expect(await disk().lstat(at('none/under'))).toBeUndefined();
    expect(await disk().lstat(at('file/under'))).toBeUndefined();
  });

  it('rename keeps the inode, overwrites in silence, and fails without a source', async () => {
    const inode = await create(disk(), at('from'), 'new');
    await create(disk(), at('to'), 'old');
    await disk().rename(at('from'), at('to'));
    expect(await contents(disk(), at('to'))).toBe('new');
    expect((await disk().lstat(at('to')))?.inode).toBe(inode);
    expect(await disk().lstat(at('from'))).toBeUndefined();
    await expect(disk().rename(at('from'), at('to'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(disk().rename(at('to'), at('none/to'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('rename moves a directory with what is in it', async () => {
    await disk().mkdir(at('old'));
    await create(disk(), at('old/file'), 'x');
    await disk().rename(at('old'), at('new'));
    expect(await contents(disk(), at('new/file'))).toBe('x');
    expect(await disk().lstat(at('old'))).toBeUndefined();
  });

  it('rename puts no file over a directory and no directory over a file or a filled directory', async () => {
    await create(disk(), at('file'), 'x');
    await disk().mkdir(at('full'));
    await create(disk(), at('full/inner'), 'x');
    await disk().mkdir(at('other'));
    await expect(disk().rename(at('file'), at('other'))).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(disk().rename(at('other'), at('file'))).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(disk().rename(at('other'), at('full'))).rejects.toMatchObject({ code: 'ENOTEMPTY' });
  });

  it('unlink removes a name, and no directory', async () => {
    await create(disk(), at('file'), 'x');
    await disk().unlink(at('file'));
    expect(await disk().lstat(at('file'))).toBeUndefined();
    await expect(disk().unlink(at('file'))).rejects.toMatchObject({ code: 'ENOENT' });
    await disk().mkdir(at('dir'));
    await expect(disk().unlink(at('dir'))).rejects.toMatchObject({ code: expect.stringMatching(/^(EISDIR|EPERM)$/) });
  });

  it('rmdir removes an empty directory, and nothing else', async () => {
    await disk().mkdir(at('dir/inner'));
    await expect(disk().rmdir(at('dir'))).rejects.toMatchObject({ code: 'ENOTEMPTY' });
    await disk().rmdir(at('dir/inner'));
    await disk().rmdir(at('dir'));
    expect(await disk().lstat(at('dir'))).toBeUndefined();
    await expect(disk().rmdir(at('dir'))).rejects.toMatchObject({ code: 'ENOENT' });
    await create(disk(), at('file'), 'x');
    await expect(disk().rmdir(at('file'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('syncDirectory is content with a directory, and fails where there is none', async () => {
    await disk().syncDirectory(at('.'));
    await expect(disk().syncDirectory(at('none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('refuses a name of more than 255 bytes', async () => {
    await expect(disk().open(at('n'.repeat(256)), 'append')).rejects.toMatchObject({ code: 'ENAMETOOLONG' });
    await create(disk(), at('file'), 'x');
    await expect(disk().link(at('file'), at('ö'.repeat(128)))).rejects.toMatchObject({ code: 'ENAMETOOLONG' });
    await expect(disk().rename(at('file'), at('n'.repeat(256)))).rejects.toMatchObject({ code: 'ENAMETOOLONG' });
  });
}

function links(disk: () => FileSystem, at: At): void {
  it('link gives a file a second name, and refuses one that is taken', async () => {
    const inode = await create(disk(), at('one'), 'x');
    await disk().link(at('one'), at('two'));
    expect(await disk().lstat(at('two'))).toMatchObject({ inode, links: 2 });
    await expect(disk().link(at('one'), at('two'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(disk().link(at('none'), at('three'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(disk().link(at('one'), at('none/three'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('link refuses a directory', async () => {
    await disk().mkdir(at('dir'));
    await expect(disk().link(at('dir'), at('other'))).rejects.toMatchObject({ code: 'EPERM' });
  });

  it('rename of one name of a file onto its other succeeds and does nothing', async () => {
    await create(disk(), at('one'), 'x');
    await disk().link(at('one'), at('two'));
    await disk().rename(at('one'), at('two'));
    expect(await contents(disk(), at('one'))).toBe('x');
    expect(await disk().lstat(at('two'))).toMatchObject({ links: 2 });
  });

  it('exists says at once whether anything has a name', async () => {
    await create(disk(), at('one'), 'x');
    await disk().mkdir(at('dir'));
    expect(['one', 'dir', 'none', 'none/below', 'one/below'].map((name) => disk().exists(at(name)))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    await disk().unlink(at('one'));
    expect(disk().exists(at('one'))).toBe(false);
  });

  it('an open file counts its names, down to none, and stays usable', async () => {
    const file = await disk().open(at('one'), 'append');
    expect(file.links()).toBe(1);
    await disk().link(at('one'), at('two'));
    expect(file.links()).toBe(2);
    await disk().unlink(at('one'));
    await create(disk(), at('over'), '');
    await disk().rename(at('over'), at('two'));
    expect(file.links()).toBe(0);
    expect(put(file, 'still here')).toBe(10);
    expect(file.size()).toBe(10);
    file.close();
  });
}

async function kindOf(fs: FileSystem, path: string): Promise<string | undefined> {
  return (await fs.lstat(path))?.kind;
}
