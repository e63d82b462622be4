import { describe, expect, it } from 'vitest';
import { DiskError, ItemSettledError, PermanentError, QueueClosedError, QueueTimeoutError } from '../../src/errors.ts';
import type { StrangeFile } from '../../src/folders/strange-files.ts';
import { parseReport } from '../../src/formats/failure-report.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { IncompleteGroup } from '../../src/machines/file-groups.ts';
import { consume } from '../../src/queues/consume.ts';
import { GroupedFolderQueue } from '../../src/queues/grouped-folder-queue.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { DAYS, days, doAllGroups, keptIn, nextGroup, openGroups, textOf, textsIn } from '../support/grouped-ground.ts';
import { doAll, drop, inFolder, messagesIn, openReader, said } from '../support/folder-ground.ts';
import { withLink } from '../support/with-link.ts';

const DONE = inFolder(said(1, 'helo', 'done'));
const NAMES = DAYS.members.map((member) => `mon_${member}.tsv`);

const ready = async (fs: FileSystem): Promise<string[]> =>
  (await messagesIn(fs)).map((file) => file.replace(/\.[0-9a-z]+a(\d+)\.again$/, '#$1'));

describe('a group', () => {
  it('F-27 is handed out when its last member has come, with all files where they lie', async () => {
    const fs = memoryDisk({ '/q/mon_east.tsv': 'east', '/q/mon_south.tsv': 'south' });
    const queue = await openGroups(fs);
    expect(await queue.tryGet()).toBeUndefined();
    await drop(fs, '/q/mon_east_2.tsv', 'a third file, and no third member');
    await expect(queue.get({ timeoutMs: 3_000 })).rejects.toThrow(QueueTimeoutError);
    await drop(fs, '/q/mon_north.tsv', 'north');
    const group = await nextGroup(queue);
    expect(group).toMatchObject({ group: 'mon', id: 'mon', attempt: 1 });
    expect(group.files.map(({ name }) => name)).toEqual(NAMES);
    expect(await Promise.all(group.files.map(({ path }) => textOf(fs, path)))).toEqual(DAYS.members);
    const numbers = group.files.map(({ name, path }) => path.slice(`/q/${name}`.length));
    expect(new Set(numbers).size, 'all under one claim').toBe(1);
    expect(numbers[0]).toBe(`.${queue.consumer}-${group.claim.claim}a1.wip`);
    await group.done();
    expect(await textsIn(fs, '/q/done')).toEqual(DAYS.members);
    expect(await messagesIn(fs)).toEqual(['mon_east_2.tsv']);
    await queue.dispose();
  });

  it('F-27 comes after another as sortKey tells of the first of its files that comes', async () => {
    const fs = memoryDisk({ ...days('mon', 'tue', 'wed'), ...DONE });
    const late = await openGroups(fs, { sortKey: (name) => (name.startsWith('tue') ? '0' : name) });
    expect(await doAllGroups(late)).toEqual(['tue#1', 'mon#1', 'wed#1']);
    await late.dispose();
  });

  it('F-29 is seen again when it was released, its attempt uncounted, by another reader too', async () => {
    const fs = memoryDisk({ ...days('mon'), ...DONE });
    const [one, other] = [await openGroups(fs), await openGroups(fs)];
    const group = await nextGroup(one);
    expect(await other.tryGet()).toBeUndefined();
    await group.release();
    expect(await ready(fs)).toEqual(NAMES.map((name) => `${name}#0`));
    await expect(group.done()).rejects.toThrow(ItemSettledError);
    expect(await doAllGroups(other)).toEqual(['mon#1']);
    await one.dispose();
    await other.dispose();
  });

  it('F-33 comes again after a failed attempt, and lies in failedDir after the last, a report beside each file', async () => {
    const fs = memoryDisk({ ...days('mon', 'tue'), ...DONE });
    const queue = await openGroups(fs, { maxAttempts: 2 });
    await (await nextGroup(queue)).fail(new Error('no'));
    expect(await ready(fs)).toEqual([...NAMES.map((name) => `${name}#1`), 'tue_east.tsv', 'tue_north.tsv', 'tue_south.tsv']);
    await (await nextGroup(queue)).done();
    const again = await nextGroup(queue);
    expect(again).toMatchObject({ group: 'mon', attempt: 2 });
    await again.fail(new Error('the rows are no rows'));
    expect(await keptIn(fs, '/q/failed')).toEqual(NAMES);
    for (const name of NAMES) {
      const report = parseReport(await textOf(fs, `/q/failed/${name}.error.json`));
      expect(report).toMatchObject({ name, attempt: 2, consumer: queue.consumer, error: { message: 'the rows are no rows' } });
    }
    expect(await queue.get()).toBeUndefined();
    expect(queue.incomplete).toEqual([]);
    await queue.dispose();
  });

  it('F-33 is given up at once with a PermanentError', async () => {
    const fs = memoryDisk({ ...days('mon'), ...DONE });
    const queue = await openGroups(fs);
    await (await nextGroup(queue)).fail(new PermanentError('never'));
    expect(await keptIn(fs, '/q/failed')).toEqual(NAMES);
    await queue.dispose();
  });

  it('F-32 is given up as a whole when the attempts of its first are spent, whatever those of the others are', async () => {
    const files = { '/q/mon_east.tsv.xa3.again': 'east', '/q/mon_north.tsv': 'north', '/q/mon_south.tsv.ya1.again': 'south' };
    const fs = memoryDisk({ ...files, ...DONE });
    const queue = await openGroups(fs);
    expect(await queue.get()).toBeUndefined();
    expect(await textsIn(fs, '/q/failed')).toEqual(DAYS.members);
    const report = parseReport(await textOf(fs, '/q/failed/mon_north.tsv.error.json'));
    expect(report).toMatchObject({ attempt: 3, error: { name: 'KilledError' } });
    await queue.dispose();
  });

  it("counts its first's attempts alone", async () => {
    const files = { '/q/mon_east.tsv.xa1.again': '', '/q/mon_north.tsv.xa9.again': '', '/q/mon_south.tsv': '' };
    const fs = memoryDisk({ ...files, ...DONE });
    const queue = await openGroups(fs);
    const group = await nextGroup(queue);
    expect(group.attempt).toBe(2);
    await group.release();
    expect(await ready(fs)).toEqual(NAMES.map((name) => `${name}#1`));
    await queue.dispose();
  });

  it('is formed again with a member that comes back alone', async () => {
    const fs = memoryDisk({ ...days('mon'), ...DONE });
    const [files, groups] = [await openReader(fs, { order: 'strict' }), await openGroups(fs)];
    const file = await files.get();
    expect(await groups.tryGet()).toBeUndefined();
    await file?.release();
    expect(await doAllGroups(groups)).toEqual(['mon#1']);
    await files.dispose();
    await groups.dispose();
  });

  it('is not taken if one of it goes meanwhile: the others go back, uncounted', async () => {
    const fs = memoryDisk({ ...days('mon'), ...DONE });
    const rename: FileSystem['rename'] = async (from, to) => {
      if (from === '/q/mon_south.tsv') await fs.unlink(from).catch(() => undefined);
      return fs.rename(from, to);
    };
    const queue = await openGroups({ ...fs, rename });
    expect(await queue.get()).toBeUndefined();
    expect(await ready(fs)).toEqual(['mon_east.tsv#0', 'mon_north.tsv#0']);
    expect(queue.incomplete).toEqual([{ group: 'mon', files: ['mon_east.tsv', 'mon_north.tsv'], missing: ['south'] }]);
    await queue.dispose();
  });
});

describe('F-41 a new message with the name of a member', () => {
  it('that is claimed waits for the next set, and both sets are kept', async () => {
    const fs = memoryDisk(days('mon'));
    const queue = await openGroups(fs);
    const group = await nextGroup(queue);
    for (const name of NAMES) await drop(fs, `/q/${name}`, `new ${name}`);
    const next = await nextGroup(queue);
    expect(await Promise.all(next.files.map(({ path }) => textOf(fs, path)))).toEqual(NAMES.map((name) => `new ${name}`));
    await group.done();
    await next.done();
    expect(await textsIn(fs, '/q/done')).toEqual([...NAMES, ...NAMES.map((name) => `new ${name}`)].toSorted());
    await queue.dispose();
  });

  it('that is claimed survives its release: one of both is taken, and the other waits', async () => {
    const fs = memoryDisk({ ...days('mon'), ...DONE });
    const queue = await openGroups(fs);
    const group = await nextGroup(queue);
    await drop(fs, '/q/mon_north.tsv', 'new');
    await group.release();
    expect(await doAllGroups(queue)).toEqual(['mon#1']);
    expect(queue.incomplete).toMatchObject([{ group: 'mon', missing: ['east', 'south'] }]);
    const texts = [
      ...(await textsIn(fs, '/q/done')),
      ...(await Promise.all((await messagesIn(fs)).map((file) => textOf(fs, `/q/${file}`)))),
    ];
    expect(texts.toSorted()).toEqual([...NAMES, 'new'].toSorted());
    await queue.dispose();
  });

  it('that is finished is a message like any other', async () => {
    const fs = memoryDisk({ ...days('mon'), ...DONE });
    const queue = await openGroups(fs);
    expect(await doAllGroups(queue)).toEqual(['mon#1']);
    for (const name of NAMES) await drop(fs, `/q/${name}`, `new ${name}`);
    expect(await doAllGroups(queue)).toEqual(['mon#1']);
    expect(await textsIn(fs, '/q/done')).toEqual([...NAMES, ...NAMES.map((name) => `new ${name}`)].toSorted());
    await queue.dispose();
  });
});

describe('done', () => {
  it('F-09 removes all files with doneDir null', async () => {
    const fs = memoryDisk({ ...days('mon'), ...DONE });
    const queue = await openGroups(fs, { doneDir: null });
    expect(await doAllGroups(queue)).toEqual(['mon#1']);
    expect(await messagesIn(fs)).toEqual([]);
    expect(fs.exists('/q/done')).toBe(false);
    await queue.dispose();
  });

  it.each(['EXDEV', 'EPERM'])('F-03 brings each file once to where no link leads: %s', async (code) => {
    const memory = memoryDisk({ ...days('mon', 'tue'), ...DONE, '/elsewhere/mon_north.tsv': 'older' });
    const fs = withLink(memory, (from, to) => (from.startsWith('/elsewhere') !== to.startsWith('/elsewhere') ? code : undefined));
    const queue = await openGroups(fs, { doneDir: '/elsewhere' });
    expect(await doAllGroups(queue)).toEqual(['mon#1', 'tue#1']);
    expect(await textsIn(fs, '/elsewhere')).toEqual(['mon_east.tsv', ...NAMES.slice(1), 'older', 'tue_east.tsv', 'tue_north.tsv', 'tue_south.tsv']); // prettier-ignore
    expect(await messagesIn(fs)).toEqual([]);
    await queue.dispose();
  });

  it('that the disk refuses can be repeated, and decides for all: no other end is accepted then, and nothing moves back', async () => {
    const fs = memoryDisk({ ...days('mon', 'tue'), ...DONE });
    let isFull = true;
    const disk = withLink(fs, (_, to) => (isFull && to.endsWith('north.tsv') ? 'EIO' : undefined));
    const queue = await openGroups(disk);
    const [mon, tue] = [await nextGroup(queue), await nextGroup(queue)];
    await expect(mon.done()).rejects.toThrow(DiskError);
    await expect(tue.done()).rejects.toThrow(DiskError);
    const before = await messagesIn(fs);
    // What was decided stands, and can't be completed yet.
    await expect(tue.release()).rejects.toThrow(DiskError);
    expect(tue.signal.aborted).toBe(false);
    expect(await messagesIn(fs)).toEqual(before);
    isFull = false;
    await mon.done();
    expect(await keptIn(fs, '/q/done')).toEqual([...NAMES, 'tue_south.tsv']);
    await expect(tue.release()).rejects.toMatchObject({ code: 'ERR_ITEM_SETTLED', before: 'done' });
    expect(await queue.get()).toBeUndefined();
    expect(await messagesIn(fs)).toEqual([]);
    expect(await keptIn(fs, '/q/done')).toHaveLength(6);
    await queue.dispose();
  });
});

describe('at the end', () => {
  for (const [how, members] of Object.entries({ 'an array': DAYS.members, 'a function': () => DAYS.members })) {
    it(`F-30 groups that are not whole are told, once each, with what each lacks; members is ${how}`, async () => {
      const fs = memoryDisk({ ...days('mon'), '/q/tue_east.tsv': '', '/q/wed_south.tsv': '', '/q/wed_east.tsv': '', ...DONE });
      const told: IncompleteGroup[] = [];
      const queue = await openGroups(fs, { members, onIncompleteGroup: (group) => told.push(group) });
      const group = await nextGroup(queue);
      expect(await queue.get(), 'nothing now, but this one may come again').toBeUndefined();
      expect([told, queue.incomplete]).toEqual([[], []]);
      await group.done();
      for (let time = 0; time < 3; time += 1) expect(await queue.get()).toBeUndefined();
      const expected = [
        { group: 'tue', files: ['tue_east.tsv'], missing: ['north', 'south'] },
        { group: 'wed', files: ['wed_east.tsv', 'wed_south.tsv'], missing: ['north'] },
      ];
      expect(told).toEqual(expected);
      expect(queue.incomplete).toEqual(expected);
      expect(await messagesIn(fs)).toEqual(['tue_east.tsv', 'wed_east.tsv', 'wed_south.tsv']);
      await queue.dispose();
    });
  }

  it('F-30 one that is whole the next time is not told any more', async () => {
    const fs = memoryDisk({ '/q/mon_east.tsv': '', '/q/mon_north.tsv': '', ...DONE });
    const told: IncompleteGroup[] = [];
    const queue = await openGroups(fs, { onIncompleteGroup: (group) => told.push(group) });
    expect(await queue.get()).toBeUndefined();
    await drop(fs, '/q/mon_south.tsv');
    expect(await doAllGroups(queue)).toEqual(['mon#1']);
    expect(queue.incomplete).toEqual([]);
    await drop(fs, '/q/mon_south.tsv');
    expect(await queue.get()).toBeUndefined();
    expect(told.map(({ missing }) => missing)).toEqual([['south'], ['east', 'north']]);
    await queue.dispose();
  });

  it('F-31 files that belong to no group keep nobody waiting, stay, and are told', async () => {
    const strangers = { '/q/readme.tsv': '', '/q/mon_west.tsv': '', '/q/boom_east.tsv': '', '/q/notes.txt': '' };
    const fs = memoryDisk({ ...days('mon'), ...strangers, ...DONE });
    const strange: StrangeFile[] = [];
    const groupKey = (name: string): string | undefined => {
      if (name.startsWith('boom')) throw new Error('no such day');
      return DAYS.groupKey(name);
    };
    const queue = await openGroups(fs, { groupKey, onStrangeFile: (found) => strange.push(found) });
    expect(await doAllGroups(queue)).toEqual(['mon#1']);
    expect(await queue.get()).toBeUndefined();
    expect(strange.toSorted((one, other) => (one.file < other.file ? -1 : 1))).toEqual([
      { file: 'boom_east.tsv', reason: "its group can't be told: no such day" },
      { file: 'mon_west.tsv', reason: '"west" is no member of "mon"' },
      { file: 'readme.tsv', reason: 'groupKey gives no group for it' },
    ]);
    expect(queue.incomplete).toEqual([]);
    expect(await messagesIn(fs)).toEqual(['boom_east.tsv', 'mon_west.tsv', 'notes.txt', 'readme.tsv']);
    await queue.dispose();
  });
});

describe('reading', () => {
  it('for await gives group after group, and gives the last one back after a break', async () => {
    const fs = memoryDisk({ ...days('mon', 'tue'), ...DONE });
    const queue = await openGroups(fs);
    const seen: string[] = [];
    for await (const group of queue) {
      seen.push(group.group);
      if (group.group === 'tue') break;
      await group.done();
    }
    expect(seen).toEqual(['mon', 'tue']);
    expect(await ready(fs)).toEqual(['tue_east.tsv#0', 'tue_north.tsv#0', 'tue_south.tsv#0']);
    await queue.dispose();
  });

  it('W-01 consume works it off, with retries, and gives up what fails for good', async () => {
    const fs = memoryDisk({ ...days('mon', 'tue', 'wed'), ...DONE });
    const queue = await openGroups(fs);
    const tries: string[] = [];
    const report = await consume(
      queue,
      async (group) => {
        tries.push(`${group.group}#${group.attempt}`);
        if (group.group === 'mon' && group.attempt === 1) throw new Error('once');
        if (group.group === 'tue') throw new PermanentError('never');
      },
      { concurrency: 2, backoff: { firstMs: 1 }, onError: 'continue' },
    );
    expect(report).toMatchObject({ done: 2, failed: 1 });
    expect(tries.toSorted()).toEqual(['mon#1', 'mon#2', 'tue#1', 'wed#1']);
    expect(await keptIn(fs, '/q/failed')).toHaveLength(3);
    expect(await keptIn(fs, '/q/done')).toHaveLength(6);
    await queue.dispose();
  });

  it('dispose in the middle gives all back, ends who waits, and what is being taken is not lost', async () => {
    const fs = memoryDisk(days('mon', 'tue'));
    const queue = await openGroups(fs);
    const group = await nextGroup(queue);
    const getting = queue.get();
    await queue.dispose();
    await expect(getting).rejects.toThrow(QueueClosedError);
    await expect(group.done()).rejects.toThrow(ItemSettledError);
    const files = ['mon', 'tue'].flatMap((day) => DAYS.members.map((member) => `${day}_${member}.tsv`));
    expect((await ready(fs)).map((file) => file.replace(/#0$/, ''))).toEqual(files);
    await expect(queue.get()).rejects.toThrow(QueueClosedError);
    const next = await openReader(fs);
    expect((await Promise.all(files.map(() => next.get()))).map((file) => file?.attempt)).toEqual(files.map(() => 1));
    await next.dispose();
    expect(await fs.readdir('/q/.dibs/consumers')).toEqual([]);
  });

  it('a plain reader of the same folder takes file by file', async () => {
    const fs = memoryDisk({ ...days('mon'), ...DONE });
    const queue = await openReader(fs);
    expect(await doAll(queue)).toHaveLength(3);
    await queue.dispose();
  });
});

describe('open', () => {
  /** What a caller without types may write. */
  function loose(options: object): Parameters<typeof GroupedFolderQueue.open>[1] {
    const given = { fileSystem: memoryDisk(), watch: false, ...DAYS };
    return Object.assign(given, options);
  }

  it.each(['groupKey', 'memberKey', 'members'])('needs %s', async (option) => {
    await expect(GroupedFolderQueue.open('/q', loose({ [option]: undefined }))).rejects.toThrow(
      new RegExp(`^GroupedFolderQueue.open needs ${option}: `),
    );
  });

  it.each([
    ['order', 'strict', 'no option order'],
    ['groupKey', 'monday', 'groupKey must be a function from a name to its group'],
    ['memberKey', /x/, 'memberKey must be a function from a name to its place'],
    ['members', [], 'members must be the places of a whole group'],
    ['members', 'abc', 'members must be'],
    ['members', ['a', 1], 'members must be'],
    ['onIncompleteGroup', true, 'onIncompleteGroup must be a function'],
    ['maxAttempts', 0, 'maxAttempts must be'],
  ])('refuses %s: %j', async (option, value, message) => {
    const opening = GroupedFolderQueue.open('/q', loose({ [option]: value }));
    await expect(opening).rejects.toThrow(TypeError);
    await expect(opening).rejects.toThrow(message);
  });

  it('refuses no options at all, and no directory', async () => {
    const open = GroupedFolderQueue.open.bind(GroupedFolderQueue);
    await expect(Reflect.apply(open, undefined, ['/q'])).rejects.toThrow('needs groupKey');
    await expect(Reflect.apply(open, undefined, ['', DAYS])).rejects.toThrow('takes a directory');
  });
});
