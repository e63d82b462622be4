import { describe, expect, it } from 'vitest';
import { formatRecord } from '../../src/formats/json-record.ts';
import { formatManifest, MANIFEST_FORMAT } from '../../src/formats/manifest.ts';
import { formatOwner } from '../../src/formats/owner-record.ts';
import type { Durability } from '../../src/journals/batch.ts';
import { carryOver, highestRunIn, unresumed } from '../../src/journals/carry-over.ts';
import { Leftovers } from '../../src/journals/leftovers.ts';
import { QueueGuard } from '../../src/journals/queue-guard.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { Files } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import type { FaultyDisk } from '../support/faulty-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { doneFile, id, keptFile, keysFile, putFile, putLine, puts, records } from '../support/journal-text.ts';
import { readHoldings, standingIn } from '../support/read-holdings.ts';
import { mortal } from '../support/mortal.ts';
import { bySize, oneIn } from '../support/sample.ts';

const OWNER = {
  run: 30,
  token: 'e3b0c44298fc1c14',
  host: 'etl-1',
  bootId: '',
  pidNamespace: '',
  pid: 4711,
  startTime: '',
  since: '2020-01-01T00:00:00.000Z',
  leaseMs: 30_000,
};
const ERROR = '{"name":"Error","message":"no"}';

function manifest(resumes?: string): string {
  return formatRecord(MANIFEST_FORMAT, formatManifest({ name: 'queue', resumes }));
}

/** What the last run left in its own directory. */
const LAST: Files = {
  '/last/queue.json': manifest(),
  [putFile(1, 1, '/last')]: records(putLine(1, 1, '"a"', 'ka'), putLine(1, 2, '"b"'), putLine(1, 3, '"c"', 'kc'), putLine(1, 4, '"d"')),
  [doneFile(1, 1, '/last')]: records(`taken\t${id(1, 1)}\t1\t3`, `done\t${id(1, 1)}`, `failed\t${id(1, 3)}\t1\t${ERROR}`),
  [keysFile(1, '/last')]: records('"old"'),
  [keptFile(1, '/last')]: records(`${id(0, 5)}\t\t2\t0\t\t"x"`),
};
const STANDING = {
  outstanding: ['0-5 "x" after 2', '1-2 "b" after 1', '1-4 "d" after 0'],
  failed: ['1-3 (kc) "c": no'],
  done: 0,
  keys: ['ka', 'kc', 'old'],
};
const BEFORE: Files = { ...LAST, '/q/queue.json': manifest('/last') };

/** The first thing that a run does which resumes another directory, unless it was done before. */
async function carrying(fs: FaultyDisk, from = '/last', run = 7, durability: Durability = 'power', isOurs = () => true): Promise<void> {
  const { context, load } = await readHoldings(mortal(fs));
  if (load.kept.resumed.includes(from)) return;
  const leftovers = new Leftovers(context.fs, '/q', { name: 'queue', run, durability, guard: new QueueGuard('/q', isOurs) });
  try {
    await carryOver({ context, from, leftovers, clock: hastyClock(), durability, leaseMs: 1_000 });
  } finally {
    leftovers.close();
  }
}

describe('what another directory left undone', () => {
  it('is copied with its ids, keys and attempts, between a line that says from where and one that says that this is all', async () => {
    const disk = new CrashingDisk(BEFORE);
    await carrying(disk.process());
    const files = disk.files();
    expect(files[keptFile(7)]).toBe(
      records(
        'resumes\t"/last"',
        `${id(0, 5)}\t\t2\t0\t\t"x"`,
        `${id(1, 2)}\t\t1\t0\t\t"b"`,
        `${id(1, 3)}\t"kc"\t1\t0\t${ERROR}\t"c"`,
        `${id(1, 4)}\t\t0\t0\t\t"d"`,
        'resumed',
      ),
    );
    expect(await standingIn(disk.process())).toEqual(STANDING);
    for (const [path, text] of Object.entries(LAST)) expect(files[path], path).toBe(text);
  });

  it('is copied whole or does not count, wherever it is stopped, and the next owner copies again', async () => {
    await eachCrash(
      BEFORE,
      (fs) => carrying(fs),
      async (_, fs, { disk }) => {
        const { load } = await readHoldings(fs);
        const before = await standingIn(fs);
        if (load.kept.resumed.length > 0) expect(before).toEqual(STANDING);
        else {
          expect([before.outstanding, before.failed]).toEqual([[], []]);
          expect(unresumed({ name: 'queue', resumes: '/last' }, load)).toBe('/last');
        }
        await carrying(disk.process(), '/last', 8);
        expect(await standingIn(disk.process())).toEqual(STANDING);
      },
      { ledger: () => '', kinds: ['kill'], likeness: (files) => files.replace(/[0-9a-f]{16}/g, 'token'), share: oneIn(1) },
    );
  });

  it.each(['power', 'process'] as const)('is whole after a power cut, or does not count (%s)', async (durability) => {
    // Longer than a sector each: one can be missing, and what lies behind it not.
    const text = JSON.stringify('x'.repeat(600));
    const long = {
      ...BEFORE,
      [putFile(1, 1, '/last')]: records(...[1, 2, 3, 4].map((sequence) => putLine(1, sequence, text, `k${sequence}`))),
    };
    const whole = new CrashingDisk(long);
    await carrying(whole.process());
    const standing = await standingIn(whole.process());
    expect(standing.outstanding).toHaveLength(3);
    await eachCrash(
      long,
      (fs) => carrying(fs, '/last', 7, durability),
      async (_, fs, { disk, call }) => {
        const { resumed } = (await readHoldings(fs)).load.kept;
        if (call === undefined) expect(resumed).toEqual(['/last']);
        if (resumed.length > 0) expect(await standingIn(fs)).toEqual(standing);
        await carrying(disk.process(), '/last', 8);
        expect(await standingIn(disk.process())).toEqual(standing);
      },
      {
        ledger: () => '',
        kinds: ['power'],
        likeness: (files) => files.replace(/[0-9a-f]{16}/g, 'token'),
        limit: bySize({ quick: 12, slow: 32, deep: 64 }),
        share: oneIn(1, 1),
      },
    );
  });

  it('is nothing where that load was finished', async () => {
    const finished = {
      ...BEFORE,
      [doneFile(1, 2, '/last')]: records(`done\t${id(1, 2)}`, `done\t${id(1, 4)}`, `done\t${id(0, 5)}`, 'closed'),
    };
    const disk = new CrashingDisk(finished);
    await carrying(disk.process());
    expect(disk.files()[keptFile(7)]).toBe(records('resumes\t"/last"', 'resumed'));
    expect(disk.files()[keysFile(7)]).toBeUndefined();
  });

  it('is looked for further back where the last run was stopped before it had taken over what it was to resume', async () => {
    const chain: Files = {
      ...LAST,
      '/second/queue.json': manifest('/last'),
      '/third/queue.json': manifest('/second'),
      [putFile(3, 1, '/third')]: puts(3, 1, '"third"'),
      '/q/queue.json': manifest('/third'),
    };
    const disk = new CrashingDisk(chain);
    await carrying(disk.process(), '/third');
    expect((await standingIn(disk.process())).outstanding).toEqual([...STANDING.outstanding, '3-1 "third" after 0']);
  });

  it('is not looked for further back where the last run had all of it', async () => {
    const chain: Files = {
      ...LAST,
      '/second/queue.json': manifest('/last'),
      [keptFile(2, '/second')]: records('resumes\t"/last"', `${id(1, 2)}\t\t1\t0\t\t"b"`, 'resumed'),
      [doneFile(2, 1, '/second')]: records(`done\t${id(1, 2)}`),
      '/q/queue.json': manifest('/second'),
    };
    const disk = new CrashingDisk(chain);
    await carrying(disk.process(), '/second');
    expect((await standingIn(disk.process())).outstanding).toEqual([]);
  });

  it('is refused where there is no queue', async () => {
    await expect(carrying(new CrashingDisk({ '/q/': '' }).process(), '/nowhere')).rejects.toMatchObject({ name: 'QueueNotFoundError' });
    await expect(carrying(new CrashingDisk({ '/q/': '', '/empty/': '' }).process(), '/empty')).rejects.toMatchObject({
      name: 'NotAQueueError',
    });
    await expect(carrying(new CrashingDisk({ '/q/': '', '/other/notes.txt': '' }).process(), '/other')).rejects.toMatchObject({
      name: 'NotAQueueError',
    });
  });

  it('gives the other directory back, though copying fails', async () => {
    const disk = new CrashingDisk(BEFORE);
    const fs = disk.process({ faults: [{ at: ({ operation, path }) => operation === 'write' && path === keptFile(7), errno: 'ENOSPC' }] });
    await expect(carrying(fs)).rejects.toMatchObject({ name: 'DiskError', errno: 'ENOSPC' });
    expect(disk.files()['/last/owner.1']).toMatch(/^released__\n/);
  });
});

it('leaves nothing in a directory that was taken over meanwhile: its new owner resumed, and may have done all of it', async () => {
  const disk = new CrashingDisk(BEFORE);
  await expect(carrying(disk.process(), '/last', 7, 'power', () => false)).rejects.toMatchObject({ name: 'QueueTakenError' });
  expect(disk.files()[keptFile(7)]).toBe('');
});

describe('the highest run of a directory', () => {
  it('is that of any of its files, so that no id comes twice', async () => {
    const of = (files: Files): Promise<number> => highestRunIn(new CrashingDisk(files).process(), '/last');
    expect(await of(LAST)).toBe(1);
    expect(await of({ ...LAST, [doneFile(12, 3, '/last')]: '' })).toBe(12);
    expect(await of({ ...LAST, '/last/owner.3': formatOwner(OWNER) })).toBe(30);
  });
});

describe('the directory that is still to be resumed', () => {
  it('is what the manifest says, or a file that is not whole, until it was', async () => {
    const of = async (files: Files, resumes?: string): Promise<string | undefined> =>
      unresumed({ name: 'queue', resumes }, (await readHoldings(new CrashingDisk({ '/q/': '', ...files }).process())).load);
    const whole = { [keptFile(2)]: records('resumes\t"/a"', 'resumed') };
    expect(await of({})).toBeUndefined();
    expect(await of({}, '/a')).toBe('/a');
    expect(await of(whole, '/a')).toBeUndefined();
    expect(await of({ [keptFile(2)]: records('resumes\t"/a"') })).toBe('/a');
    expect(await of({ ...whole, [keptFile(3)]: records('resumes\t"/b"') }, '/a')).toBe('/b');
  });
});
