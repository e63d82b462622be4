import { describe, expect, it } from 'vitest';
import { formatDoneLine } from '../../src/formats/done-line.ts';
import { formatJournalName } from '../../src/formats/journal-name.ts';
import { LineBuffer } from '../../src/formats/line-buffer.ts';
import { AppendLog } from '../../src/fs/append-log.ts';
import { removeIfThere } from '../../src/fs/publish.ts';
import type { Durability } from '../../src/journals/batch.ts';
import { Footing } from '../../src/journals/footing.ts';
import { Holdings } from '../../src/journals/holdings.ts';
import { Leftovers } from '../../src/journals/leftovers.ts';
import { QueueGuard } from '../../src/journals/queue-guard.ts';
import { Removal } from '../../src/journals/removal.ts';
import { Segment } from '../../src/journals/segment.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { Files } from '../support/crashing-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import type { FaultyDisk } from '../support/faulty-disk.ts';
import { doneFile, id, keptFile, keysFile, putFile, putLine, puts, records } from '../support/journal-text.ts';
import { readHoldings, standingIn } from '../support/read-holdings.ts';
import { bySize, oneIn } from '../support/sample.ts';

const ERROR = '{"name":"Error","message":"no"}';

/** Of three put journals one has work in it. What was given up, and the keys, must outlive the others. */
const LEFT: Files = {
  [putFile(1)]: records(putLine(1, 1, '"a"', 'ka'), putLine(1, 2, '"b"', 'kb')),
  [putFile(1, 3)]: puts(1, 3, '"c"', '"c2"'),
  [putFile(2)]: puts(2, 1, '"d"', '"e"'),
  [doneFile(1)]: records(`taken\t${id(1, 1)}\t1\t2`, `done\t${id(1, 1)}`, `failed\t${id(1, 2)}\t3\t${ERROR}`),
  [doneFile(2)]: records(`done\t${id(1, 3)}`, `done\t${id(2, 1)}`, `done\t${id(2, 2)}`),
};
const STANDING = { outstanding: ['1-4 "c2" after 0'], failed: ['1-2 (kb) "b": no'], done: 4, keys: ['ka', 'kb'] };

/** The next owner's removal: what it finds without work goes. */
async function removing(
  fs: FaultyDisk,
  { durability = 'power', isOurs = () => true }: { durability?: Durability; isOurs?: () => boolean } = {},
) {
  const { context, load } = await readHoldings(fs);
  for (const file of load.goneFiles) await removeIfThere(fs, `/q/${file}`);
  const run = load.lastRun + 1;
  const name = { name: 'queue', run, segment: 1, kind: 'done' } as const;
  const holdings: Holdings = new Holdings(load, (segment) => removal.ask(segment));
  const guard = new QueueGuard('/q', isOurs);
  const footing = new Footing({ fs, directory: '/q', durability, guard }, holdings);
  let log: AppendLog | undefined;
  const removal: Removal = new Removal(
    {
      ...context,
      durability,
      leftovers: new Leftovers(fs, '/q', { name: 'queue', run, durability, guard }),
      guard,
      footing,
      dropped: () => undefined,
      write: async (doneLines, { durable }) => {
        if (log === undefined) holdings.doneFiles.begin({ file: formatJournalName(name), name, speaksOf: new Set(), closes: false });
        log ??= await AppendLog.create(fs, '/q', formatJournalName(name), { durable: durability === 'power' });
        const lines = new LineBuffer();
        for (const line of doneLines) lines.append(formatDoneLine(line));
        log.append(lines.bytes, lines.length);
        if (durable || durability === 'power') await log.sync();
      },
    },
    holdings,
  );
  await holdings.count(context);
  await removal.settled();
  return { holdings, removal };
}

describe('the removal of journals', () => {
  it('leaves those in which there is work, and copies what must outlive the others', async () => {
    const disk = new CrashingDisk(LEFT);
    const { holdings } = await removing(disk.process());
    expect(disk.files()).toEqual({
      [putFile(1, 3)]: LEFT[putFile(1, 3)],
      [doneFile(2)]: LEFT[doneFile(2)],
      [doneFile(3)]: records(`gone\t${id(1, 1)}\t1\t1`, `gone\t${id(2, 1)}\t2\t3`),
      [keptFile(3)]: records(`${id(1, 2)}\t"kb"\t3\t0\t${ERROR}\t"b"`),
      [keysFile(3)]: records('"ka"', '"kb"'),
    });
    expect([holdings.unfinished, holdings.finishedMessages]).toEqual([1, 4]);
    expect(await standingIn(disk.process())).toEqual(STANDING);
  });

  it('takes one journal after the other, each in an order that a power cut can’t turn round', async () => {
    const fs = new CrashingDisk(LEFT).process();
    await removing(fs);
    const steps = fs.calls.filter(({ operation }) => ['write', 'sync', 'unlink', 'syncDirectory'].includes(operation));
    const ofFirst = steps
      .map(({ operation, path }) => `${operation} ${path.slice(3)}`)
      .slice(
        0,
        steps.findIndex(({ path }) => path === putFile(2)),
      );
    expect(ofFirst).toEqual([
      'syncDirectory ',
      `write ${keptFile(3).slice(3)}`,
      `sync ${keptFile(3).slice(3)}`,
      'syncDirectory ',
      `write ${keysFile(3).slice(3)}`,
      `sync ${keysFile(3).slice(3)}`,
      'syncDirectory ',
      `write ${doneFile(3).slice(3)}`,
      `sync ${doneFile(3).slice(3)}`,
      `unlink ${putFile(1).slice(3)}`,
      'syncDirectory ',
      `unlink ${doneFile(1).slice(3)}`,
      'syncDirectory ',
      `write ${doneFile(3).slice(3)}`,
      `sync ${doneFile(3).slice(3)}`,
    ]);
  });

  it.each(['power', 'process'] as const)('changes nothing that anybody could see, wherever it is stopped (%s)', async (durability) => {
    const counts = await eachCrash(
      LEFT,
      (fs) => removing(fs, { durability }),
      async (_, fs) => expect(await standingIn(fs)).toEqual(STANDING),
      {
        kinds: durability === 'power' ? ['kill', 'power'] : ['kill'],
        ledger: () => '',
        limit: bySize({ quick: 2, slow: 8, deep: 8 }),
        share: oneIn(1),
      },
    );
    expect(counts.points).toBeGreaterThan(40);
  });

  it('loses nothing by a power cut that was put when that was promised, though its owner promises less', async () => {
    await eachCrash(
      LEFT,
      (fs) => removing(fs, { durability: 'process' }),
      async (_, fs) => expect(await standingIn(fs)).toEqual(STANDING),
      { kinds: ['power'], ledger: () => '', limit: bySize({ quick: 8, slow: 32, deep: 64 }), share: oneIn(1) },
    );
  });

  it('is taken up again by the next owner, and the next, wherever each of them is stopped', async () => {
    const half = new CrashingDisk(LEFT);
    const fs = half.process({ stop: { call: 60, when: 'before' } });
    await removing(fs).catch(() => undefined);
    await eachCrash(
      half,
      (next) => removing(next),
      async (_, left) => expect(await standingIn(left)).toEqual(STANDING),
      { kinds: ['kill'], share: oneIn(1) },
    );
  });

  it.each(['power', 'process'] as const)(
    'leans on nothing that the owner before it was killed before it synced, where a power cut comes (%s)',
    async (durability) => {
      const sound = new CrashingDisk(LEFT).process();
      await removing(sound);
      const writes = sound.calls.filter(({ operation, path }) => operation === 'write' && path === keptFile(3));
      expect(writes).toHaveLength(1);
      for (const { number } of writes) {
        const half = new CrashingDisk(LEFT);
        const fs = half.process({ stop: { call: number, when: 'after' } });
        await removing(fs).catch(() => undefined);
        await eachCrash(
          half,
          (next) => removing(next, { durability }),
          async (_, left) => expect(await standingIn(left)).toEqual(STANDING),
          { kinds: ['power'], ledger: () => '', limit: bySize({ quick: 8, slow: 32, deep: 64 }), share: oneIn(1) },
        );
      }
    },
  );

  it.each(['power', 'process'] as const)(
    'leaves a done journal until what it speaks of can’t come back, though somebody else removed that (%s)',
    async (durability) => {
      const half = new CrashingDisk({ [putFile(1)]: puts(1, 1, '"a"'), [doneFile(1)]: records(`done\t${id(1, 1)}`) });
      await half.process().unlink(putFile(1));
      await eachCrash(
        half,
        async (fs) => {
          const { holdings, removal } = await removing(fs, { durability });
          const own = new Segment(putFile(2).slice(3), { name: 'queue', run: 2, segment: 1, kind: 'put' }, 0, { own: true });
          holdings.begin(own);
          own.isGrowing = false;
          holdings.passed(own);
          await removal.settled();
        },
        async (_, fs) => expect((await standingIn(fs)).outstanding).toEqual([]),
        { kinds: ['power'], ledger: () => '', limit: bySize({ quick: 8, slow: 32, deep: 64 }), share: oneIn(1) },
      );
    },
  );

  it('leaves a done journal that says that the load is closed, and one that speaks of what is left', async () => {
    const disk = new CrashingDisk({ ...LEFT, [doneFile(1)]: `${String(LEFT[doneFile(1)])}${records('closed')}` });
    await removing(disk.process());
    expect(Object.keys(disk.files())).toEqual(expect.arrayContaining([doneFile(1), doneFile(2)]));
  });

  it('stops once the queue was taken over: what the new owner reads is not ours to remove', async () => {
    const disk = new CrashingDisk(LEFT);
    const { removal } = await removing(disk.process(), { isOurs: () => false });
    expect(removal.failure).toMatchObject({ name: 'QueueTakenError' });
    expect(disk.files()).toMatchObject(LEFT);
  });

  it('fails without a loss on a disk that refuses any of its steps, and goes on with the next opening', async () => {
    for (const operation of ['write', 'sync', 'unlink', 'syncDirectory', 'open'] as const) {
      const disk = new CrashingDisk(LEFT);
      const fs = disk.process({ faults: [{ at: (call) => call.operation === operation && call.to !== 'read', errno: 'EIO' }] });
      const { removal } = await removing(fs);
      expect(removal.failure, operation).toMatchObject({ message: expect.any(String) });
      fs.kill();
      expect(await standingIn(disk.process()), operation).toEqual(STANDING);
      const { removal: next } = await removing(disk.process());
      expect(next.failure, operation).toBeUndefined();
      expect(await standingIn(disk.process()), operation).toEqual(STANDING);
      expect(Object.keys(disk.files()), operation).not.toContain(putFile(1));
    }
  });
});

describe('a retry while its journal is being removed', () => {
  it('keeps the message, wherever it comes in between', async () => {
    const files: Files = { [putFile(1)]: puts(1, 1, '"a"'), [doneFile(1)]: records(`failed\t${id(1, 1)}\t1\t${ERROR}`) };
    const sound = new CrashingDisk(files).process();
    await removing(sound);
    for (let at = 1; at <= sound.calls.length; at += 1) {
      const disk = new CrashingDisk(files);
      const retried: { now?: () => void } = {};
      const fs = disk.process({
        faults: [
          {
            at: ({ number }) => {
              if (number === at) retried.now?.();
              return false;
            },
            errno: 'EIO',
          },
        ],
      });
      const { context, load } = await readHoldings(fs);
      const holdings: Holdings = new Holdings(load, (segment) => removal.ask(segment));
      retried.now = () => {
        if (holdings.ledger.failed.has(1, 1)) holdings.retry({ run: 1, sequence: 1 }, 1);
      };
      const guard = new QueueGuard('/q', () => true);
      const removal: Removal = new Removal(
        {
          ...context,
          durability: 'power',
          leftovers: new Leftovers(fs, '/q', { name: 'queue', run: 2, durability: 'power', guard }),
          guard,
          footing: { copies: () => Promise.resolve() },
          dropped: () => undefined,
          write: () => Promise.resolve(),
        },
        holdings,
      );
      await holdings.count(context);
      await removal.settled();
      expect(holdings.unfinished, `at call ${at}`).toBe(holdings.ledger.failed.has(1, 1) ? 0 : 1);
      const left = Object.keys(disk.files());
      expect(left.includes(putFile(1)) || left.includes(keptFile(2)), `at call ${at}: ${left.join()}`).toBe(true);
    }
  });
});
