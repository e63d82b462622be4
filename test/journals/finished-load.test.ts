import { describe, expect, it } from 'vitest';
import type { Durability } from '../../src/journals/batch.ts';
import { clearFinishedLoad, hasUnfinished, isFinished } from '../../src/journals/finished-load.ts';
import { Leftovers } from '../../src/journals/leftovers.ts';
import { QueueGuard } from '../../src/journals/queue-guard.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { Files } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import type { FaultyDisk } from '../support/faulty-disk.ts';
import { doneFile, id, keptFile, keysFile, putFile, putLine, puts, records } from '../support/journal-text.ts';
import { readHoldings, standingIn } from '../support/read-holdings.ts';
import { oneIn } from '../support/sample.ts';

const ERROR = '{"name":"Error","message":"no"}';

async function isFinishedIn(files: Files): Promise<boolean> {
  const { context, load } = await readHoldings(new CrashingDisk(files).process());
  return isFinished(context, load);
}

/** What the next owner does first. */
async function clearing(
  fs: FaultyDisk,
  {
    keepKeys = false,
    durability = 'power',
    isOurs = () => true,
  }: { keepKeys?: boolean; durability?: Durability; isOurs?: () => boolean } = {},
): Promise<void> {
  const { context, load } = await readHoldings(fs);
  if (!(await isFinished(context, load))) return;
  const guard = new QueueGuard('/q', isOurs);
  const leftovers = new Leftovers(fs, '/q', { name: 'queue', run: load.lastRun + 1, durability, guard });
  await clearFinishedLoad({ ...context, leftovers, guard, keepKeys }, load);
  leftovers.close();
}

describe('a load', () => {
  const one = { [putFile(1)]: puts(1, 1, '"a"', '"b"') };
  const both = records(`done\t${id(1, 1)}`, `done\t${id(1, 2)}`);

  it.each([
    ['nothing was ever put, nor closed', { '/q/': '' }, false],
    ['nothing was put, and it is closed', { [doneFile(1)]: records('closed') }, true],
    ['all is done, but not closed', { ...one, [doneFile(1)]: both }, false],
    ['it is closed, and one is left', { ...one, [doneFile(1)]: records(`done\t${id(1, 1)}`, 'closed') }, false],
    [
      'it is closed, and one was delivered and never settled',
      { ...one, [doneFile(1)]: records(`done\t${id(1, 1)}`, `taken\t${id(1, 2)}\t1\t1`, 'closed') },
      false,
    ],
    ['it is closed and all is done', { ...one, [doneFile(1)]: records('closed') + both }, true],
    [
      'it is closed, and what is not done was given up',
      { ...one, [doneFile(1)]: records(`done\t${id(1, 1)}`, `failed\t${id(1, 2)}\t3\t${ERROR}`, 'closed') },
      true,
    ],
    [
      'it is closed, and what was given up is to be tried again',
      {
        ...one,
        [doneFile(1)]: both.slice(0, both.length / 2) + records(`failed\t${id(1, 2)}\t3\t${ERROR}`, `retried\t${id(1, 2)}\t3`, 'closed'),
      },
      false,
    ],
    [
      'a later run put more, all of it done',
      { ...one, [putFile(2)]: puts(2, 1, '1'), [doneFile(1)]: both + records('closed'), [doneFile(2)]: records(`done\t${id(2, 1)}`) },
      false,
    ],
    [
      'what was put after its owner was succeeded does not count',
      {
        ...one,
        [doneFile(1)]: records('closed'),
        [doneFile(2)]: records(`read\t${putFile(1).slice(3)}\t${puts(1, 1, '"a"').length}`, `done\t${id(1, 1)}`),
      },
      true,
    ],
    [
      'a message that was carried over is left',
      { [keptFile(2)]: records(`${id(1, 1)}\t\t0\t0\t\t1`), [doneFile(2)]: records('closed') },
      false,
    ],
    [
      'a message that was carried over is done',
      { [keptFile(2)]: records(`${id(1, 1)}\t\t0\t0\t\t1`), [doneFile(2)]: records('closed', `done\t${id(1, 1)}`) },
      true,
    ],
  ] as const)('is finished or not where %s', async (_, files, finished) => {
    expect(await isFinishedIn(files)).toBe(finished);
  });

  it('has something left to do as soon as one message is found: the rest is not read', async () => {
    const fs = new CrashingDisk({
      [putFile(1)]: puts(1, 1, ...Array.from({ length: 300 }, (_, index) => JSON.stringify('x'.repeat(5_000) + String(index)))),
    }).process();
    const { context, load } = await readHoldings(fs);
    const before = fs.calls.length;
    expect(await hasUnfinished(context, load)).toBe(true);
    expect(fs.calls.slice(before).filter(({ operation }) => operation === 'read')).toHaveLength(1);
  });
});

const FINISHED: Files = {
  [putFile(1)]: records(putLine(1, 1, '"a"', 'ka'), putLine(1, 2, '"b"', 'kb')),
  [putFile(2)]: puts(2, 1, '"c"', '"d"'),
  [keptFile(2)]: records(`${id(0, 9)}\t"kx"\t3\t0\t${ERROR}\t"x"`, `${id(0, 8)}\t\t0\t0\t\t"y"`),
  [keysFile(2)]: records('"old"'),
  [doneFile(1)]: records(`done\t${id(1, 1)}`, `failed\t${id(1, 2)}\t3\t${ERROR}`),
  [doneFile(2)]: records(`done\t${id(2, 1)}`, 'closed'),
  [doneFile(2, 2)]: records(`done\t${id(2, 2)}`, `done\t${id(0, 8)}`),
};
const FAILED = ['0-9 (kx) "x": no', '1-2 (kb) "b": no'];

describe('a finished load that is cleared', () => {
  it('leaves what was given up, and nothing else', async () => {
    const disk = new CrashingDisk({ ...FINISHED, '/q/owner.3': 'x', '/q/queue.json': 'x' });
    await clearing(disk.process());
    expect(disk.files()).toEqual({
      '/q/owner.3': 'x',
      '/q/queue.json': 'x',
      [keptFile(3)]: records(`${id(0, 9)}\t"kx"\t3\t0\t${ERROR}\t"x"`, `${id(1, 2)}\t"kb"\t3\t0\t${ERROR}\t"b"`),
    });
    expect(await standingIn(disk.process())).toEqual({ outstanding: [], failed: FAILED, done: 0, keys: [] });
  });

  it('leaves its keys if they are to be kept', async () => {
    const disk = new CrashingDisk(FINISHED);
    await clearing(disk.process(), { keepKeys: true });
    expect((await standingIn(disk.process())).keys).toEqual(['ka', 'kb', 'kx', 'old']);
  });

  it('leaves nothing at all where nothing was given up', async () => {
    const disk = new CrashingDisk({ [putFile(1)]: puts(1, 1, '"a"'), [doneFile(1)]: records(`done\t${id(1, 1)}`, 'closed') });
    await clearing(disk.process());
    expect(disk.files()).toEqual({});
  });

  it('removes what says that it is finished last', async () => {
    const fs = new CrashingDisk(FINISHED).process();
    await clearing(fs);
    const gone = fs.calls.filter(({ operation }) => operation === 'unlink').map(({ path }) => path);
    expect(gone.slice(0, 2).sort()).toEqual([keptFile(2), keysFile(2)].sort());
    expect(gone.slice(2)).toEqual([putFile(1), putFile(2), doneFile(1), doneFile(2, 2), doneFile(2)]);
  });

  it.each([0, 1, 2, 5])('is left as it is by an owner that was succeeded meanwhile, after %i looks', async (looks) => {
    let looked = 0;
    const disk = new CrashingDisk(FINISHED);
    const fs = disk.process();
    const isOurs = (): boolean => looked++ < looks;
    await expect(clearing(fs, { isOurs })).rejects.toMatchObject({ name: 'QueueTakenError' });
    const changes = fs.calls.filter(({ operation }) => operation === 'write' || operation === 'unlink');
    expect(changes).toHaveLength(looks);
  });

  it('remembers from which directories it was resumed: those must not come again', async () => {
    const resumed = {
      [keptFile(1)]: records('resumes\t"/runs/1"', `${id(1, 1)}\t\t0\t0\t\t1`, 'resumed'),
      [doneFile(1)]: records(`done\t${id(1, 1)}`, 'closed'),
    };
    const disk = new CrashingDisk(resumed);
    await clearing(disk.process());
    expect(disk.files()).toEqual({ [keptFile(2)]: records('resumes\t"/runs/1"', 'resumed') });
    expect((await readHoldings(disk.process())).load.kept.resumed).toEqual(['/runs/1']);
  });

  it.each([{ durability: 'power' }, { durability: 'process', keepKeys: true }] as const)(
    'is finished still, wherever it is stopped, and the next owner ends it (%o)',
    async (options) => {
      await eachCrash(
        FINISHED,
        (fs) => clearing(fs, options),
        async (_, fs, { disk }) => {
          const { failed, outstanding, keys } = await standingIn(fs);
          expect([failed, outstanding]).toEqual([FAILED, []]);
          if ('keepKeys' in options) expect(keys).toEqual(expect.arrayContaining(['ka', 'kb', 'old']));
          await clearing(disk.process(), options);
          expect(await standingIn(disk.process())).toMatchObject({ failed: FAILED, outstanding: [], done: 0 });
          expect(Object.keys(disk.files()).filter((path) => path.includes('.put.') || path.includes('.done.'))).toEqual([]);
        },
        { ledger: () => '', limit: 5, share: oneIn(1) },
      );
    },
  );
});
