import { describe, expect, it } from 'vitest';
import { formatJournalName, parseJournalName } from '../../src/formats/journal-name.ts';
import { listJournals, readLoad } from '../../src/journals/load.ts';
import type { Load } from '../../src/journals/load.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { Files } from '../support/crashing-disk.ts';
import { doneFile, id, keptFile, keysFile, putFile, putLine, puts, records } from '../support/journal-text.ts';
import { readHoldings } from '../support/read-holdings.ts';

async function loadOf(files: Files): Promise<Load> {
  return (await readHoldings(new CrashingDisk(files).process())).load;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const ERROR = '{"name":"Error","message":"no"}';

describe('a load', () => {
  it('is nothing in an empty directory', async () => {
    expect(await loadOf({ '/q/': '' })).toMatchObject({
      puts: [],
      doneFiles: [],
      keysFiles: [],
      lastRun: 0,
      closed: false,
      gone: 0,
      goneFiles: [],
    });
  });

  it('is folded from all runs in the order they were written, whatever order the disk lists them in', async () => {
    const load = await loadOf({
      [putFile(10)]: puts(10, 1, '"d"'),
      [putFile(2, 3)]: puts(2, 3, '"c"'),
      [putFile(2)]: puts(2, 1, '"a"', '"b"'),
      [doneFile(2)]: records(`taken\t${id(2, 1)}\t1\t3`, `done\t${id(2, 1)}`, `failed\t${id(2, 2)}\t1\t${ERROR}`),
      [doneFile(10)]: records(
        `retried\t${id(2, 2)}\t1`,
        `taken\t${id(2, 2)}\t2\t1`,
        `taken\t${id(2, 3)}\t2\t1`,
        `taken\t${id(10, 1)}\t1\t1`,
        `failed\t${id(10, 1)}\t1\t${ERROR}`,
      ),
    });
    expect(load.puts.map(({ file }) => `/q/${file}`)).toEqual([putFile(2), putFile(2, 3), putFile(10)]);
    expect(load.puts.map(({ end }) => end)).toEqual([3, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(load.ledger.done.has(2, 1)).toBe(true);
    expect([1, 2, 3].map((sequence) => load.ledger.countedAttempts(2, sequence))).toEqual([0, 1, 2]);
    expect([...load.ledger.failed.entries()].map(({ run, sequence }) => id(run, sequence))).toEqual([id(10, 1)]);
    expect(load.puts.map(({ failed }) => failed)).toEqual([0, 0, 1]);
    expect(load.lastRun).toBe(10);
  });

  it('is of the queue of that name alone', async () => {
    const other = putFile(9).replace('queue.', 'other.');
    const { puts: segments, lastRun } = await loadOf({
      [putFile(1)]: puts(1, 1, '1'),
      [other]: puts(9, 1, '1'),
      '/q/notes.txt': 'x',
      '/q/owner.3': 'x',
      '/q/stage.0': 'x',
    });
    expect([segments.length, lastRun]).toEqual([1, 1]);
  });

  it('tells which put journals a done journal speaks of', async () => {
    const { doneFiles } = await loadOf({
      [putFile(1)]: puts(1, 1, '1', '2'),
      [putFile(1, 3)]: puts(1, 3, '3'),
      [putFile(2)]: puts(2, 1, '4'),
      [doneFile(1)]: records(`taken\t${id(1, 1)}\t1\t1`, `done\t${id(1, 2)}`, `released\t${id(2, 1)}\t1`),
      [doneFile(2)]: records(`done\t${id(1, 3)}`, `done\t${id(7, 1)}`),
      [doneFile(2, 2)]: records('closed'),
    });
    expect(doneFiles.map(({ speaksOf }) => [...speaksOf].map((file) => `/q/${file}`))).toEqual([
      [putFile(1), putFile(2)],
      [putFile(1, 3)],
      [],
    ]);
    expect(doneFiles.map(({ closes }) => closes)).toEqual([false, false, true]);
  });

  it('passes over damage, tells it once with its place, and loses no line beside it', async () => {
    const journal = records(`done\t${id(1, 1)}`, `done\t${id(1, 2)}`, `done\t${id(1, 3)}`);
    const at = journal.indexOf('done', 30);
    const { load, damages } = await readHoldings(
      new CrashingDisk({
        [doneFile(1)]: `${journal.slice(0, at)}dONE${journal.slice(at + 4)}`,
        [putFile(1)]: puts(1, 1, '1', '2', '3'),
      }).process(),
    );
    expect([1, 2, 3].map((sequence) => load.ledger.done.has(1, sequence))).toEqual([true, false, true]);
    expect(damages).toEqual([{ file: nameOf(doneFile(1)), offset: journal.indexOf('\n', 2) + 2, length: 33, reason: expect.any(String) }]);
  });

  it('reports a record that says nothing known, and no torn tail', async () => {
    const journal = records('later\tkind', `done\t${id(1, 1)}`);
    const { load, damages } = await readHoldings(new CrashingDisk({ [doneFile(1)]: `${journal}\nabcdef01\tdone\t0000` }).process());
    expect(load.ledger.done.has(1, 1)).toBe(true);
    expect(damages).toEqual([{ file: nameOf(doneFile(1)), offset: 10, length: 10, reason: expect.any(String) }]);
  });

  it('does without a file that is removed, or is none, while it is read', async () => {
    const disk = new CrashingDisk({ [putFile(1)]: puts(1, 1, '1'), [doneFile(1)]: records(`done\t${id(1, 1)}`), [`${doneFile(2)}/x`]: '' });
    const fs = disk.process({ faults: [{ at: ({ operation, path }) => operation === 'open' && path === doneFile(1), errno: 'ENOENT' }] });
    const { load, damages } = await readHoldings(fs);
    expect(load.ledger.done.has(1, 1)).toBe(false);
    expect(damages).toEqual([{ file: nameOf(doneFile(2)), offset: 0, length: 0, reason: expect.stringContaining('no plain file') }]);
  });

  it('throws what the disk refuses, with the file', async () => {
    const fs = new CrashingDisk({ [doneFile(1)]: records('closed') }).process({
      faults: [{ at: ({ operation }) => operation === 'read', errno: 'EIO' }],
    });
    await expect(readHoldings(fs)).rejects.toMatchObject({ name: 'DiskError', operation: 'read', errno: 'EIO', path: doneFile(1) });
  });
});

describe('how much of a journal counts', () => {
  const journal = puts(1, 1, '1', '2', '3');
  const two = puts(1, 1, '1', '2').length;

  it('is what was there when its owner was succeeded, as the next one wrote down first', async () => {
    const { puts: segments } = await loadOf({
      [putFile(1)]: journal,
      [doneFile(2)]: records(`read\t${nameOf(putFile(1))}\t${two}`, `done\t${id(1, 1)}`),
    });
    expect(segments.map(({ bytes }) => bytes)).toEqual([two]);
  });

  it('is the least that any owner found, and never more than the file has', async () => {
    const of = async (...limits: readonly number[]): Promise<number | undefined> => {
      const dones = limits.map((limit, index) => [doneFile(index + 2), records(`read\t${nameOf(putFile(1))}\t${limit}`)]);
      return (await loadOf({ [putFile(1)]: journal, ...Object.fromEntries(dones) })).puts[0]?.bytes;
    };
    expect(await of()).toBe(journal.length);
    expect(await of(two, journal.length)).toBe(two);
    expect(await of(journal.length, two)).toBe(two);
    expect(await of(1e9)).toBe(journal.length);
    expect(await of(0)).toBe(0);
  });

  it('is said at the head of a done journal: what looks like it further down is not believed', async () => {
    const later = records(`done\t${id(1, 1)}`, `read\t${nameOf(putFile(1))}\t${two}`);
    expect((await loadOf({ [putFile(1)]: journal, [doneFile(2)]: later })).puts[0]?.bytes).toBe(journal.length);
  });

  it('is said for done journals as well', async () => {
    const dones = records(`done\t${id(1, 1)}`, `done\t${id(1, 2)}`);
    const { ledger } = await loadOf({
      [putFile(1)]: journal,
      [doneFile(1)]: dones,
      [doneFile(2)]: records(`read\t${nameOf(doneFile(1))}\t${dones.length / 2}`),
    });
    expect([1, 2].map((sequence) => ledger.done.has(1, sequence))).toEqual([true, false]);
  });
});

describe('whether the producer has put all there is', () => {
  it.each([
    ['no one said so', {}, false],
    ['the last run that put anything did', { [putFile(1)]: puts(1, 1, '1'), [doneFile(1)]: records('closed') }, true],
    ['a later one that put nothing did', { [putFile(1)]: puts(1, 1, '1'), [doneFile(2)]: records('closed') }, true],
    [
      'an earlier one did, and a later one put more',
      { [putFile(1)]: puts(1, 1, '1'), [doneFile(1)]: records('closed'), [putFile(2)]: puts(2, 1, '2') },
      false,
    ],
    [
      'an earlier one did, and what a later one put is done and gone',
      { [doneFile(1)]: records('closed'), [doneFile(2)]: records(`gone\t${id(2, 1)}\t1\t1`) },
      false,
    ],
    ['it put all, and all of that is gone', { [doneFile(2)]: records(`gone\t${id(2, 1)}\t1\t1`, 'closed') }, true],
  ] as const)('is told if %s', async (_, files, closed) => {
    expect((await loadOf({ '/q/': '', ...files })).closed).toBe(closed);
  });
});

describe('journals that are gone', () => {
  it('are counted, as often as it is said anew', async () => {
    const { gone, goneRun } = await loadOf({
      [doneFile(3)]: records(`gone\t${id(1, 1)}\t5\t5`, `gone\t${id(2, 1)}\t2\t7`),
      [doneFile(4)]: records(`gone\t${id(2, 0)}\t0\t7`, `gone\t${id(3, 1)}\t1\t8`),
    });
    expect([gone, goneRun]).toEqual([8, 3]);
  });

  it('are no part of the load though a stop left the file, and no other is taken for one of them', async () => {
    const load = await loadOf({
      [putFile(1)]: puts(1, 1, '1', '2'),
      [putFile(1, 3)]: puts(1, 3, '3'),
      [putFile(2)]: puts(2, 1, '4'),
      [doneFile(2)]: records(`gone\t${id(1, 3)}\t1\t1`, `gone\t${id(2, 0)}\t0\t1`, `gone\t${id(1, 2)}\t1\t1`),
    });
    expect(load.goneFiles.map((file) => `/q/${file}`)).toEqual([putFile(1, 3)]);
    expect(load.puts.map(({ file }) => `/q/${file}`)).toEqual([putFile(1), putFile(2)]);
  });
});

describe('messages that were kept', () => {
  const kept = (sequence: number, attempts: number, error: string): string =>
    `${id(1, sequence)}\t"k${sequence}"\t${attempts}\t0\t${error}\t"${sequence}"`;

  it('stand as they did when they were carried over, and as was written since', async () => {
    const load = await loadOf({
      [keptFile(2)]: records(kept(1, 3, ERROR), kept(2, 2, ''), kept(3, 3, ERROR), kept(4, 0, '')),
      [doneFile(2)]: records(`retried\t${id(1, 3)}\t3`, `done\t${id(1, 4)}`),
    });
    expect([...load.ledger.failed.entries()].map(({ sequence }) => sequence)).toEqual([1]);
    expect([1, 2, 3].map((sequence) => load.ledger.countedAttempts(1, sequence))).toEqual([3, 2, 0]);
    expect([load.kept.ids.size, load.kept.unfinished, load.kept.done, load.kept.hasKeys]).toEqual([4, 2, 1, true]);
    expect(load.doneFiles.map(({ speaksOf }) => [...speaksOf])).toEqual([['kept']]);
  });

  it('count once, where a stop left them in two files', async () => {
    const load = await loadOf({ [keptFile(2)]: records(kept(1, 3, ERROR)), [keptFile(3)]: records(kept(1, 3, ERROR), kept(2, 0, '')) });
    expect([load.kept.ids.size, load.kept.unfinished, load.ledger.failed.size]).toEqual([2, 1, 1]);
  });

  it('come from another directory whole, or not at all', async () => {
    const resumes = 'resumes\t"/runs/1"';
    const whole = await loadOf({ [keptFile(2)]: records(resumes, kept(1, 0, ''), 'resumed') });
    expect([whole.kept.ids.size, whole.kept.resumed, whole.kept.unfinishedResume, whole.kept.torn]).toEqual([
      1,
      ['/runs/1'],
      undefined,
      [],
    ]);
    const torn = await loadOf({ [keptFile(2)]: records(resumes, kept(1, 0, '')) });
    expect([torn.kept.ids.size, torn.kept.resumed, torn.kept.unfinishedResume, torn.kept.torn]).toEqual([
      0,
      [],
      '/runs/1',
      [nameOf(keptFile(2))],
    ]);
  });

  it('are found though an owner that was succeeded copied them only after we had listed the files', async () => {
    const disk = new CrashingDisk({
      [putFile(1)]: puts(1, 1, '"1"'),
      [doneFile(2)]: records(`failed\t${id(1, 1)}\t3\t${ERROR}`, `gone\t${id(1, 1)}\t0\t0`),
    });
    const act = (): void => {
      const { directory, name } = disk.place(keptFile(2), 'copy');
      const file = disk.newFile();
      file.write(0, Buffer.from(records(kept(1, 3, ERROR))));
      disk.names.change('copy', [{ directory, name, node: file }]);
    };
    const { load } = await readHoldings(disk.process({ meanwhile: { call: 2, act } }));
    expect([load.kept.ids.has(1, 1), load.goneFiles]).toEqual([true, [nameOf(putFile(1))]]);
  });

  it('are reported where a line is none of theirs', async () => {
    const { damages } = await readHoldings(new CrashingDisk({ [keptFile(2)]: records(putLine(1, 1, '1'), kept(2, 0, '')) }).process());
    expect(damages).toEqual([expect.objectContaining({ file: nameOf(keptFile(2)), offset: 10 })]);
  });
});

describe('a message whose journal is gone', () => {
  it('is no failure: what said last that it is done may be gone too. One that was carried over is', async () => {
    const load = await loadOf({
      [putFile(1, 5)]: puts(1, 5, '"e"'),
      [keptFile(1)]: records(`${id(1, 2)}\t\t3\t0\t${ERROR}\t"b"`),
      [doneFile(1)]: records(...[1, 2, 5].map((sequence) => `failed\t${id(1, sequence)}\t3\t${ERROR}`), `taken\t${id(1, 3)}\t1\t1`),
    });
    expect([...load.ledger.failed.entries()].map(({ run, sequence }) => id(run, sequence))).toEqual([id(1, 2), id(1, 5)]);
    expect(load.puts.map(({ failed }) => failed)).toEqual([1]);
    // Nothing else is outstanding: nobody can have it in hands.
    expect(load.ledger.inHands()).toBe(0);
  });

  it('is none either while only its removal was begun', async () => {
    const load = await loadOf({
      [putFile(1)]: puts(1, 1, '"a"'),
      [putFile(1, 2)]: puts(1, 2, '"b"'),
      [doneFile(1)]: records(`failed\t${id(1, 1)}\t3\t${ERROR}`),
      [doneFile(2)]: records(`gone\t${id(1, 1)}\t1\t1`),
    });
    expect([...load.ledger.failed.entries()]).toEqual([]);
  });
});

it('knows the files of keys', async () => {
  expect((await loadOf({ [keysFile(2)]: records('"k"'), [keysFile(1)]: '' })).keysFiles.map((file) => `/q/${file}`)).toEqual([
    keysFile(1),
    keysFile(2),
  ]);
});

it('lists journals by run, then by segment', () => {
  const names = [putFile(10), putFile(2, 10), putFile(2, 9), doneFile(2), keptFile(1), '/q/queue.json'].map(nameOf);
  const listed = listJournals(names, 'queue').map(formatJournalName);
  expect(listed.map((file) => [parseJournalName(file)?.run, parseJournalName(file)?.segment])).toEqual([
    [1, 0],
    [2, 1],
    [2, 9],
    [2, 10],
    [10, 1],
  ]);
});

it('reads done journals before it looks at a put journal: what goes meanwhile goes in the other order', async () => {
  const fs = new CrashingDisk({ [putFile(1)]: puts(1, 1, '1'), [doneFile(1)]: records(`done\t${id(1, 1)}`) }).process();
  await readLoad((await readHoldings(fs)).context, 'queue');
  const read = fs.calls.filter(({ operation }) => operation === 'read').map(({ path }) => path);
  expect(new Set(read)).toEqual(new Set([putFile(1), doneFile(1)]));
  // Of a put journal it is only asked, once a load, where its records end.
  expect(read.filter((path) => path === putFile(1))).toHaveLength(2);
  expect(read.lastIndexOf(doneFile(1))).toBeGreaterThan(read.lastIndexOf(putFile(1)));
});
