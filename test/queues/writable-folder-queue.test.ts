import { existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { QueueClosedError } from '../../src/errors.ts';
import { MessageExistsError, UnusableMessageError } from '../../src/folders/folder-errors.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function opened(
  options: Parameters<typeof WritableFolderQueue.open>[1] = {},
): Promise<{ queue: WritableFolderQueue; folder: string; at: string }> {
  const folder = tempFolder();
  const at = join(folder, 'queue');
  const queue = await WritableFolderQueue.open(at, { producer: null, durability: 'process', ...options });
  onTestFinished(() => queue.dispose());
  return { queue, folder, at };
}

function file(folder: string, name: string, text = 'rows'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const stages = (at: string): string[] => readdirSync(join(at, '.dibs/stages'));
const messages = (at: string): string[] => readdirSync(at).filter((name) => name.endsWith('.tsv'));

describe('put', () => {
  it.each(['power', 'process'] as const)('F-01 moves a file in, at durability %s', async (durability) => {
    const { queue, folder, at } = await opened({ durability });
    const source = file(folder, 'a.tsv');
    const { ino } = lstatSync(source);
    expect(await queue.put(source)).toEqual({ name: 'a.tsv', path: join(at, 'a.tsv') });
    expect(existsSync(source)).toBe(false);
    expect(lstatSync(join(at, 'a.tsv'))).toMatchObject({ ino, nlink: 1 });
  });

  it('F-02 puts a copy, and leaves the file', async () => {
    const { queue, folder, at } = await opened({ durability: 'power' });
    const source = file(folder, 'a.tsv');
    await queue.put(source, { copy: true, name: 'b.tsv' });
    expect(readFileSync(source, 'utf8')).toBe('rows');
    expect(readFileSync(join(at, 'b.tsv'), 'utf8')).toBe('rows');
    expect(lstatSync(join(at, 'b.tsv')).nlink).toBe(1);
    expect(stages(at)).toEqual([]);
  });

  it.skipIf(!existsSync('/dev/shm'))('F-03 moves a file in from another device', async () => {
    const { queue, at } = await opened({ durability: 'power' });
    const source = file(tempFolder('/dev/shm'), 'a.tsv', 'x'.repeat(3_000_000));
    await queue.put(source);
    expect(existsSync(source)).toBe(false);
    expect(lstatSync(join(at, 'a.tsv'))).toMatchObject({ size: 3_000_000, nlink: 1 });
    expect(stages(at)).toEqual([]);
  });

  it.each([{}, { copy: true }])('F-04 refuses a name that is taken, and touches neither file (%o)', async (options) => {
    const { queue, folder, at } = await opened();
    await queue.putText('a.tsv', 'theirs');
    const source = file(folder, 'a.tsv', 'ours');
    const error = await queue.put(source, options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MessageExistsError);
    expect(String(error)).toContain(join(at, 'a.tsv'));
    expect([readFileSync(source, 'utf8'), readFileSync(join(at, 'a.tsv'), 'utf8')]).toEqual(['ours', 'theirs']);
    expect(stages(at)).toEqual([]);
    await queue.close();
  });

  it('F-04 does not take the message itself for something to be moved in', async () => {
    const { queue, folder, at } = await opened();
    await queue.putText('a.tsv', 'rows');
    linkSync(join(at, 'a.tsv'), join(folder, 'backup'));
    symlinkSync(at, join(folder, 'other way'));
    for (const path of [join(at, 'a.tsv'), join(folder, 'other way/a.tsv')])
      await expect(queue.put(path)).rejects.toBeInstanceOf(MessageExistsError);
    expect(readFileSync(join(at, 'a.tsv'), 'utf8')).toBe('rows');
  });

  it.each([
    ['nothing', (): string => 'nothing.tsv', 'no such file'],
    ['a directory', (folder: string): string => (mkdirSync(join(folder, 'd.tsv')), 'd.tsv'), 'directory'],
    ['a link', (folder: string): string => (symlinkSync('/etc/hosts', join(folder, 'l.tsv')), 'l.tsv'), 'no plain file'],
    ['another extension', (folder: string): string => (file(folder, 'a.csv'), 'a.csv'), '.tsv'],
    ['a hidden file', (folder: string): string => (file(folder, '.a.tsv'), '.a.tsv'), 'hidden'],
    ['a long name', (folder: string): string => (file(folder, `${'é'.repeat(89)}.tsv`), `${'é'.repeat(89)}.tsv`), '180 bytes'],
  ])('refuses %s, untouched, and says why', async (_, make, why) => {
    const { queue, folder, at } = await opened();
    const source = join(folder, make(folder));
    const before = readdirSync(folder).length;
    for (const copy of [true, false]) {
      const error = await queue.put(source, { copy }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UnusableMessageError);
      expect(String(error)).toContain(why);
    }
    expect([readdirSync(folder).length, messages(at)]).toEqual([before, []]);
  });

  it.each(['../a.tsv', 'sub/a.tsv', '.tsv', 'a\n.tsv', 'a.helo', 'a.tsv.wip', ''])('refuses the name %o', async (name) => {
    const { queue, folder, at } = await opened();
    const source = file(folder, 'a.tsv');
    await expect(queue.put(source, { name })).rejects.toBeInstanceOf(UnusableMessageError);
    await expect(queue.putText(name, '')).rejects.toBeInstanceOf(UnusableMessageError);
    await expect(queue.putStream(name, [])).rejects.toBeInstanceOf(UnusableMessageError);
    expect([existsSync(source), messages(at)]).toEqual([true, []]);
  });

  it('shows what came where options are wrong', async () => {
    const { queue } = await opened();
    for (const put of [
      queue.put(''),
      // @ts-expect-error -- it is what is tested
      queue.put(7),
      // @ts-expect-error -- it is what is tested
      queue.put('a.tsv', { move: true }),
      // @ts-expect-error -- it is what is tested
      queue.putText('a.tsv', 7),
      queue.putStream('a.tsv', 'text'),
    ])
      await expect(put).rejects.toBeInstanceOf(TypeError);
    await expect(WritableFolderQueue.open(tempFolder(), { producer: '' })).rejects.toThrow(/producer must be a name/);
  });

  it('F-41 puts a new message while an old one of its name is claimed, and given back', async () => {
    const { queue, at } = await opened();
    await using inbox = await ReadableFolderQueue.open(at, { watch: false });
    await queue.putText('a.tsv', 'old');
    const claimed = await inbox.tryGet();
    await queue.putText('a.tsv', 'new');
    expect(await queue.claimedPath('a.tsv')).toBe(claimed?.path);
    expect(queue.originalName(claimed?.path ?? '')).toBe('a.tsv');
    await claimed?.release();
    expect(await queue.claimedPath('a.tsv')).toBeUndefined();
    await expect(queue.putText('a.tsv', 'third')).rejects.toBeInstanceOf(MessageExistsError);
    const texts = [];
    for (let item = await inbox.tryGet(); item; item = await inbox.tryGet()) {
      texts.push(readFileSync(item.path, 'utf8'));
      await item.done();
    }
    expect(texts.toSorted()).toEqual(['new', 'old']);
  });
});

describe('a move that was stopped before its source went', () => {
  /** A source that is the message already. */
  async function stopped(
    options: { readonly doneDir?: null } = {},
  ): Promise<Awaited<ReturnType<typeof opened>> & { source: string; inbox: ReadableFolderQueue }> {
    const place = await opened(options);
    const source = file(place.folder, 'a.tsv');
    linkSync(source, join(place.at, 'a.tsv'));
    const inbox = await ReadableFolderQueue.open(place.at, { watch: false, maxAttempts: 3, ...options });
    onTestFinished(() => inbox.dispose());
    return { ...place, source, inbox };
  }

  it('is finished while the message is ready', async () => {
    const { queue, at, source } = await stopped();
    await queue.put(source);
    expect([existsSync(source), lstatSync(join(at, 'a.tsv')).nlink]).toEqual([false, 1]);
  });

  it.each(['claimed', 'released', 'done', 'failed'] as const)('is finished when the message is %s', async (state) => {
    const { queue, at, source, inbox } = await stopped();
    const item = await inbox.tryGet();
    if (state === 'released') await item?.release();
    if (state === 'done') await item?.done();
    if (state === 'failed') {
      await item?.fail(new Error('one'));
      for (let n = 0; n < 2; n += 1) await (await inbox.tryGet())?.fail(new Error('again'));
    }
    await queue.put(source);
    expect([existsSync(source), messages(at)]).toEqual([false, []]);
  });

  it('is finished when another message of its name is done too', async () => {
    const { queue, at, source, inbox } = await stopped();
    mkdirSync(join(at, 'done'), { recursive: true });
    writeFileSync(join(at, 'done/a.tsv'), 'another');
    await (await inbox.tryGet())?.done();
    await queue.put(source);
    expect([existsSync(source), messages(at), readFileSync(join(at, 'done/a.tsv'), 'utf8')]).toEqual([false, [], 'another']);
  });

  it('is made again when the message is gone without a trace: that can not be told from a new one', async () => {
    const { queue, at, source, inbox } = await stopped({ doneDir: null });
    await (await inbox.tryGet())?.done();
    await queue.put(source);
    expect([existsSync(source), messages(at)]).toEqual([false, ['a.tsv']]);
  });

  it('does not take a file of another name, or of another content, for the message', async () => {
    const { queue, at, source } = await stopped();
    await queue.put(source, { name: 'b.tsv' });
    expect([existsSync(source), messages(at).toSorted()]).toEqual([false, ['a.tsv', 'b.tsv']]);
  });
});

it('puts what lies among the finished ones anew, and whoever finds it so does not take it for finished', async () => {
  const { queue, at } = await opened();
  await using inbox = await ReadableFolderQueue.open(at, { watch: false });
  await queue.putText('a.tsv', 'rows');
  await (await inbox.tryGet())?.done();
  const { ino } = lstatSync(join(at, 'done/a.tsv'));
  await queue.put(join(at, 'done/a.tsv'));
  expect([readdirSync(join(at, 'done')), messages(at)]).toEqual([[], ['a.tsv']]);
  expect(lstatSync(join(at, 'a.tsv')).ino).not.toBe(ino);
});

describe('putText and putStream', () => {
  it('F-05 put text and streams of text and bytes', async () => {
    const { queue, at } = await opened({ durability: 'power' });
    await queue.putText('a.tsv', 'å\t🦆\n');
    await queue.putText('empty.tsv', '');
    await queue.putStream('b.tsv', ['å\t', Buffer.from('🦆'), new Uint8Array(0), '\n']);
    async function* slow(): AsyncGenerator<string> {
      yield 'å\t\ud83e';
      await Promise.resolve();
      yield '\udd86';
      yield '\n';
    }
    await queue.putStream('c.tsv', slow());
    await queue.putStream('none.tsv', []);
    for (const name of ['a.tsv', 'b.tsv', 'c.tsv']) expect(readFileSync(join(at, name), 'utf8')).toBe('å\t🦆\n');
    for (const name of ['empty.tsv', 'none.tsv']) expect(lstatSync(join(at, name)).size).toBe(0);
    expect(stages(at)).toEqual([]);
  });

  it('F-05 leaves nothing of a stream that throws, and rejects with its error', async () => {
    const { queue, at } = await opened();
    const reason = Object.assign(new Error('the source is gone'), { code: 'ENOENT', syscall: 'open' });
    async function* failing(): AsyncGenerator<string> {
      yield 'x'.repeat(1_000_000);
      await Promise.resolve();
      throw reason;
    }
    await expect(queue.putStream('a.tsv', failing())).rejects.toBe(reason);
    expect([messages(at), stages(at)]).toEqual([[], []]);
    await queue.close();
  });

  it.each([
    ['a number', [7], TypeError],
    ['half a character at the end', ['a\ud83e'], UnusableMessageError],
    ['half a character before bytes', ['a\ud83e', Buffer.from('x')], UnusableMessageError],
    ['half a character inside', ['a\ud83eb'], UnusableMessageError],
  ])('refuses a stream with %s', async (_, pieces, type) => {
    const { queue, at } = await opened();
    // @ts-expect-error -- one of them is what is tested
    await expect(queue.putStream('a.tsv', pieces)).rejects.toBeInstanceOf(type);
    expect([messages(at), stages(at)]).toEqual([[], []]);
  });

  it('refuses half a character in a text', async () => {
    const { queue } = await opened();
    await expect(queue.putText('a.tsv', 'a\ud83e')).rejects.toBeInstanceOf(UnusableMessageError);
  });

  it('closes a stream whose message can not be put', async () => {
    const { queue } = await opened();
    await queue.putText('a.tsv', '');
    let closed = false;
    async function* stream(): AsyncGenerator<string> {
      try {
        for (;;) yield 'x'.repeat(100_000);
      } finally {
        closed = true;
      }
    }
    const put = queue.putStream('b.tsv', stream());
    await queue.fail(new Error('enough'));
    await expect(put).rejects.toBeInstanceOf(QueueClosedError);
    expect(closed).toBe(true);
  });
});

describe('puts that nobody waits for', () => {
  it('are told of by close, once, and more can be put then', async () => {
    const { queue, at } = await opened();
    void queue.putText('a.tsv', '');
    void queue.putText('b.csv', '');
    await expect(queue.close()).rejects.toBeInstanceOf(UnusableMessageError);
    await queue.putText('c.tsv', '');
    await queue.close();
    expect(messages(at).toSorted()).toEqual(['a.tsv', 'c.tsv']);
  });

  it('are told of by flush, but not what somebody has heard of', async () => {
    const { queue } = await opened();
    await expect(queue.putText('b.csv', '')).rejects.toBeInstanceOf(UnusableMessageError);
    await queue.putText('b.csv', '').catch(() => undefined);
    await Promise.allSettled([queue.putText('b.csv', '')]);
    await queue.flush();
    void queue.putText('b.csv', '');
    await expect(queue.flush()).rejects.toBeInstanceOf(UnusableMessageError);
    await queue.flush();
  });

  it('are waited for by close, flush, fail and dispose, however many there are', async () => {
    const { queue, at } = await opened();
    for (let n = 0; n < 1_000; n += 1) void queue.putText(`${n}.tsv`, 'rows');
    await queue.flush();
    expect(messages(at)).toHaveLength(1_000);
    for (let n = 0; n < 200; n += 1) void queue.putText(`more-${n}.tsv`, 'rows');
    await queue.dispose();
    expect(messages(at)).toHaveLength(1_200);
    expect(stages(at)).toEqual([]);
  });
});

describe('the end of a producer', () => {
  it('refuses puts from the moment it is asked for', async () => {
    const { queue, at } = await opened();
    const closing = queue.close();
    await expect(queue.putText('a.tsv', '')).rejects.toBeInstanceOf(QueueClosedError);
    await closing;
    await queue.close();
    for (const put of [queue.put('a.tsv'), queue.putText('a.tsv', ''), queue.putStream('a.tsv', [])])
      await expect(put).rejects.toThrow(/was closed/);
    await expect(queue.fail('late')).rejects.toBeInstanceOf(QueueClosedError);
    await queue.dispose();
    await queue.dispose();
    expect(messages(at)).toEqual([]);
  });

  it('has one last word', async () => {
    const failed = await opened({ producer: 'extract' });
    await failed.queue.fail(new Error('no rows'));
    await failed.queue.fail(new Error('no rows'));
    await expect(failed.queue.close()).rejects.toThrow(/was failed/);
    await expect(failed.queue.putText('a.tsv', '')).rejects.toThrow(/was failed/);
    const both = await opened({ producer: 'extract' });
    const results = await Promise.allSettled([both.queue.close(), both.queue.fail('x')]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const disposed = await opened({ producer: 'extract' });
    await disposed.queue.dispose();
    for (const ended of [disposed.queue.close(), disposed.queue.fail('x'), disposed.queue.putText('a.tsv', '')])
      await expect(ended).rejects.toThrow(/was disposed/);
  });
});
