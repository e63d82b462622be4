import { describe, expect, it } from 'vitest';
import type { Codec } from '../../src/formats/codec.ts';
import { Backlog } from '../../src/journals/backlog.ts';
import { Segment } from '../../src/journals/segment.ts';
import { parseJournalName } from '../../src/formats/journal-name.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { Files } from '../support/crashing-disk.ts';
import type { FaultPlan } from '../support/fault-plan.ts';
import { doneFile, id, keptFile, putFile, putLine, puts, records } from '../support/journal-text.ts';
import { readHoldings } from '../support/read-holdings.ts';

/** The backlog of what earlier runs left. */
async function left(files: Files, { codec, ...plan }: FaultPlan & { readonly codec?: Codec<string> } = {}) {
  const disk = new CrashingDisk(files);
  const fs = disk.process(plan);
  const read = await readHoldings(fs);
  const { holdings, context } = read;
  let changes = 0;
  const options = {
    ...context,
    codec,
    holdings,
    footing: { under: () => undefined },
    passed: (segment: Segment) => holdings.passed(segment),
    changed: () => void (changes += 1),
  };
  return { ...read, fs, disk, backlog: new Backlog<string>(options, [...holdings.older]), changes: () => changes, options };
}

/** All that is handed out from now on, as id and value. */
async function takeAll(backlog: Backlog<string>, most = Number.POSITIVE_INFINITY): Promise<[string, unknown][]> {
  const taken: [string, unknown][] = [];
  while (taken.length < most) {
    const ready = backlog.next();
    if (ready !== undefined) taken.push([id(ready.run, ready.sequence), ready.decoded.ok ? ready.decoded.value : ready.decoded.error]);
    else if (backlog.loading !== undefined) await backlog.loading;
    else break;
  }
  return taken;
}

const texts = (count: number, length = 0): string[] =>
  Array.from({ length: count }, (_, index) => JSON.stringify(`${index}${'.'.repeat(length)}`));

describe('what earlier runs left', () => {
  it('is handed out in put order, over segments and runs, and then there is none', async () => {
    const { backlog } = await left({
      [putFile(1)]: puts(1, 1, '"a"', '"b"'),
      [putFile(1, 3)]: puts(1, 3, '"c"'),
      [putFile(2)]: '',
      [putFile(3)]: puts(3, 1, '"d"', '"e"'),
    });
    expect(backlog.isEmpty).toBe(false);
    expect(await takeAll(backlog)).toEqual([
      [id(1, 1), 'a'],
      [id(1, 2), 'b'],
      [id(1, 3), 'c'],
      [id(3, 1), 'd'],
      [id(3, 2), 'e'],
    ]);
    expect([backlog.isEmpty, backlog.held, backlog.next()]).toEqual([true, 0, undefined]);
  });

  it('begins with what was carried over, and has nothing twice', async () => {
    const { backlog } = await left({
      [putFile(1)]: puts(1, 1, '"a"', '"b"'),
      [putFile(2)]: puts(2, 1, '"c"'),
      [keptFile(2)]: records(`${id(1, 2)}\t\t1\t0\t\t"b"`),
    });
    expect((await takeAll(backlog)).map(([, value]) => value)).toEqual(['b', 'a', 'c']);
  });

  it('is passed over where it is done or given up', async () => {
    const { backlog, holdings, idle } = await left({
      [putFile(1)]: puts(1, 1, ...texts(5)),
      [putFile(2)]: puts(2, 1, ...texts(2)),
      [doneFile(2)]: records(
        `done\t${id(1, 1)}`,
        `done\t${id(1, 3)}`,
        `failed\t${id(1, 5)}\t1\t{}`,
        `done\t${id(2, 1)}`,
        `done\t${id(2, 2)}`,
      ),
    });
    expect((await takeAll(backlog)).map(([at]) => at)).toEqual([id(1, 2), id(1, 4)]);
    expect(holdings.unfinished).toBe(2);
    expect(idle, 'in which nothing is left to do').toEqual([putFile(2)]);
  });

  it('is handed out before all of it is read', async () => {
    const { backlog, fs } = await left({ [putFile(1)]: puts(1, 1, ...texts(400, 4_000)) });
    const before = fs.calls.length;
    await takeAll(backlog, 1);
    expect(fs.calls.slice(before).filter(({ operation }) => operation === 'read')).toHaveLength(1);
    expect(backlog.held).toBeLessThan(100);
    expect(await takeAll(backlog)).toHaveLength(399);
  });

  it('is found behind many chunks in which all is finished, and others run meanwhile', async () => {
    const finished = `done\t${id(1, 1)}`;
    const dones = Array.from({ length: 1_199 }, (_, index) => finished.replace(/\d{10}$/, String(index + 1).padStart(10, '0')));
    const { backlog, changes } = await left({ [putFile(1)]: puts(1, 1, ...texts(1_200, 4_000)), [doneFile(1)]: records(...dones) });
    expect((await takeAll(backlog)).map(([at]) => at)).toEqual([id(1, 1_200)]);
    expect(changes()).toBeGreaterThan(0);
  });
});

describe('a journal that is damaged', () => {
  const journal = puts(1, 1, '"a"', '"b"', '"c"');

  it('costs the messages that are hit; it is told, and not thrown away', async () => {
    const { backlog, damages, idle } = await left({
      [putFile(1)]: journal.replace('"b"', '"B"'),
      [putFile(2)]: puts(2, 1, '"d"'),
      [doneFile(2)]: records(`done\t${id(1, 1)}`, `done\t${id(1, 3)}`),
    });
    expect(await takeAll(backlog)).toEqual([[id(2, 1), 'd']]);
    expect(damages).toEqual([
      expect.objectContaining({ file: putFile(1).slice(3), offset: journal.length / 3 + 1, length: journal.length / 3 - 2 }),
    ]);
    expect(idle).toEqual([]);
  });

  it('has a torn tail, which nobody was promised, and which is no news', async () => {
    for (let cut = journal.length / 3; cut <= journal.length; cut += 1) {
      const { backlog, damages } = await left({ [putFile(1)]: journal.slice(0, cut), [putFile(2)]: puts(2, 1, '"d"') });
      const values = (await takeAll(backlog)).map(([, value]) => value);
      expect(values).toEqual([...['a', 'b', 'c'].slice(0, Math.floor(cut / (journal.length / 3))), 'd']);
      expect(damages).toEqual([]);
    }
  });

  it('holds records that were copied there: they are reported, and not delivered', async () => {
    const foreign = records(putLine(7, 1, '"other run"'), `done\t${id(1, 1)}`, putLine(1, 2, '"again"'));
    const { backlog, damages } = await left({
      [putFile(1, 2)]: puts(1, 2, '"a"', '"b"') + records(putLine(1, 1, '"before"')) + foreign + puts(1, 4, '"c"'),
    });
    expect((await takeAll(backlog)).map(([, value]) => value)).toEqual(['a', 'b', 'c']);
    expect(damages).toHaveLength(4);
  });

  it('holds a copy of a record before its time: nothing else is lost, one of the two is reported, and it stays until all is done', async () => {
    const { backlog, holdings, damages, idle } = await left({
      [putFile(1)]: puts(1, 1, '"a"') + records(putLine(1, 4, '"d"')) + puts(1, 2, '"b"', '"c"', '"d"', '"e"'),
    });
    expect((await takeAll(backlog)).map(([at]) => at)).toEqual([id(1, 1), id(1, 4), id(1, 2), id(1, 3), id(1, 5)]);
    expect(damages).toEqual([expect.objectContaining({ reason: 'a record that does not belong into this file' })]);
    expect(holdings.unfinished).toBe(5);
    for (const sequence of [4, 1, 2, 3, 5]) {
      expect(holdings.unfinished).toBeGreaterThan(0);
      holdings.ledger.finish(1, sequence);
      holdings.finished({ run: 1, sequence }, 1);
    }
    expect([holdings.unfinished, idle], 'what is damaged is not thrown away').toEqual([0, []]);
  });

  it('is no plain file, or gone: what comes after it is delivered', async () => {
    const { backlog, fs, damages } = await left({
      [`${putFile(1)}/x`]: '',
      [putFile(2)]: puts(2, 1, '"b"'),
      [putFile(3)]: puts(3, 1, '"c"'),
    });
    await fs.unlink(putFile(2));
    expect((await takeAll(backlog)).map(([, value]) => value)).toEqual(['c']);
    expect(damages).toEqual([expect.objectContaining({ file: putFile(1).slice(3) })]);
  });
});

describe('a disk that refuses to read', () => {
  it.each(['open', 'read'] as const)('is told to who asks for the next message, who may ask again (%s)', async (operation) => {
    let isFailing = false;
    const { backlog, fs } = await left(
      { [putFile(1)]: puts(1, 1, '"a"') },
      { faults: [{ at: (call) => isFailing && call.operation === operation && call.path === putFile(1), errno: 'EIO' }] },
    );
    isFailing = true;
    for (let time = 0; time < 2; time += 1)
      await expect(takeAll(backlog)).rejects.toMatchObject({ name: 'DiskError', operation, errno: 'EIO', path: putFile(1) });
    expect(backlog.isEmpty).toBe(false);
    fs.heal();
    expect(await takeAll(backlog)).toEqual([[id(1, 1), 'a']]);
  });
});

describe('a journal that is removed', () => {
  it('goes on with the next run’s journal when the one before is removed in between', async () => {
    const { backlog, holdings, damages } = await left({ [putFile(1)]: puts(1, 1, '"a"', '"b"'), [putFile(2)]: puts(2, 1, '"c"', '"d"') });
    expect((await takeAll(backlog, 2)).map(([, value]) => value)).toEqual(['a', 'b']);
    const [first] = holdings.older;
    if (first !== undefined) backlog.drop(first);
    expect((await takeAll(backlog)).map(([, value]) => value)).toEqual(['c', 'd']);
    expect(damages).toEqual([]);
  });

  it('changes nothing about the others, whether it lies before or behind what is read', async () => {
    const files = { [putFile(1)]: puts(1, 1, '"a"'), [putFile(2)]: puts(2, 1, '"b"'), [putFile(3)]: puts(3, 1, '"c"') };
    for (const [taken, dropped, rest] of [
      [0, 0, ['b', 'c']],
      [1, 2, ['b']],
      [2, 0, ['c']],
      [2, 1, ['c']],
      [3, 1, []],
    ] as const) {
      const { backlog, holdings } = await left(files);
      await takeAll(backlog, taken);
      const segment = holdings.older[dropped];
      if (segment !== undefined) backlog.drop(segment);
      expect((await takeAll(backlog)).map(([, value]) => value)).toEqual(rest);
      expect(backlog.isEmpty).toBe(true);
    }
  });
});

describe('what is finished otherwise', () => {
  it('is purged: it is not handed out, and what is on disk behind it is', async () => {
    const { backlog, holdings } = await left({ [putFile(1)]: puts(1, 1, ...texts(3)), [putFile(2)]: puts(2, 1, '"last"') });
    await takeAll(backlog, 1);
    for (const sequence of [2, 3]) holdings.ledger.finish(1, sequence);
    backlog.purge(({ run, sequence }) => holdings.isFinished(run, sequence));
    expect((await takeAll(backlog)).map(([, value]) => value)).toEqual(['last']);
  });
});

describe('a value that can’t be read', () => {
  it('is handed out with its error, and its neighbours as they are', async () => {
    const { backlog } = await left({ [putFile(1)]: puts(1, 1, '"a"', '{broken', '"b"', '1,2', '"c"') });
    const values = (await takeAll(backlog)).map(([, value]) => value);
    expect(values).toEqual(['a', expect.any(SyntaxError), 'b', expect.any(SyntaxError), 'c']);
  });

  it('is read by the codec there is', async () => {
    const codec: Codec<string> = { encode: (value) => value, decode: (text) => text.toUpperCase() };
    const { backlog } = await left({ [putFile(1)]: puts(1, 1, 'a\tb', '') }, { codec });
    expect((await takeAll(backlog)).map(([, value]) => value)).toEqual(['A\tB', '']);
  });
});

describe('what this run puts', () => {
  /** Messages of run 5 that are on disk already, and are told to be safe by and by. */
  async function putting(all: readonly string[]) {
    const { options, holdings, fs } = await left({ [putFile(5)]: puts(5, 1, ...all) });
    const name = parseJournalName(putFile(5).slice(3));
    if (name === null) throw new Error('no name');
    const own = new Segment(putFile(5).slice(3), name, 0, { own: true });
    const backlog = new Backlog<string>(options, holdings.own);
    holdings.begin(own);
    let [next, bytes] = [0, 0];
    const put = (count: number): void => {
      const some = all.slice(next, next + count);
      holdings.put(own, some.length);
      bytes += some.reduce((sum, text, index) => sum + records(putLine(5, next + 1 + index, text)).length, 0);
      backlog.push(own, next + 1, some, bytes);
      next += count;
    };
    return { backlog, put, fs, holdings };
  }

  it('is handed out of memory, and the disk is not asked', async () => {
    const { backlog, put, fs } = await putting(texts(10));
    const before = fs.calls.length;
    put(3);
    expect((await takeAll(backlog)).map(([at]) => at)).toEqual([id(5, 1), id(5, 2), id(5, 3)]);
    put(7);
    expect(await takeAll(backlog)).toHaveLength(7);
    expect(fs.calls.length).toBe(before);
    expect(backlog.isEmpty).toBe(true);
  });

  it('is read back beyond what memory is to hold, in order, and not beyond what is safe', async () => {
    const all = texts(6_000);
    const { backlog, put, fs } = await putting(all);
    for (let at = 0; at < 5_000; at += 500) put(500);
    expect(backlog.held).toBeLessThan(2_048 + 500);
    const taken = await takeAll(backlog);
    expect(taken.map(([at]) => at)).toEqual(Array.from({ length: 5_000 }, (_, index) => id(5, index + 1)));
    expect(taken.map(([, value]) => JSON.stringify(value))).toEqual(all.slice(0, 5_000));
    expect(fs.calls.some(({ operation, path }) => operation === 'open' && path === putFile(5))).toBe(true);
    put(1_000);
    expect(await takeAll(backlog)).toHaveLength(1_000);
  });

  it('keeps its order though puts and gets alternate around what memory holds', async () => {
    const { backlog, put } = await putting(texts(9_000));
    const seen: string[] = [];
    for (const [given, taken] of [
      [3_000, 10],
      [500, 2_500],
      [500, 980],
      [500, 30],
      [2_500, 2_000],
      [2_000, 9_000],
    ] as const) {
      put(given);
      seen.push(...(await takeAll(backlog, taken)).map(([at]) => at));
    }
    expect(seen).toEqual(Array.from({ length: 9_000 }, (_, index) => id(5, index + 1)));
  });

  it('holds few messages in memory if they are long', async () => {
    const { backlog, put } = await putting(texts(5, 3 * 1024 * 1024));
    for (let time = 0; time < 5; time += 1) put(1);
    expect(backlog.held).toBeLessThan(4);
    expect((await takeAll(backlog)).map(([at]) => at)).toEqual(Array.from({ length: 5 }, (_, index) => id(5, index + 1)));
  });
});
