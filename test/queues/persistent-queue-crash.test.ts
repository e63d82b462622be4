import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../src/errors.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { eachScriptCrash } from '../support/crash-script.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { FaultyDisk } from '../support/faulty-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { powerCuts } from '../support/power-cut.ts';
import { doAll, take, valuesOf } from '../support/queue-lives.ts';
import { restOf } from '../support/rest-of.ts';
import { FINISHED, FIRST_TO_LAST, REMOVAL, SCRIPTS, TAKEN_UP } from '../support/queue-scripts.ts';
import { DEEP, oneIn } from '../support/sample.ts';

/** Where the two durabilities go different ways; the others are tried at both in the deep run. */
const AT_PROCESS_TOO = new Set([FIRST_TO_LAST, TAKEN_UP, REMOVAL, FINISHED]);

describe('a program that ends at any call loses nothing that it was promised', () => {
  for (const [what, script] of Object.entries(SCRIPTS)) {
    it(`${what}: with durability 'power', by a kill or a power cut`, async () => {
      const { points } = await eachScriptCrash(script, { limit: DEEP ? 64 : 3, share: oneIn(48) });
      expect(points).toBeGreaterThan(50);
    });

    it.skipIf(!DEEP && !AT_PROCESS_TOO.has(what))(`${what}: with durability 'process', by a kill`, async () => {
      const options = { ...script.options, durability: 'process' } as const;
      await eachScriptCrash({ ...script, options }, DEEP ? { limit: 16 } : { kinds: ['kill'], share: oneIn(48) });
    });

    it.skipIf(!DEEP)(`${what}: where syncing is slow`, async () => {
      const options = { ...script.options, clock: hastyClock({ ticksMs: 3 }) };
      await eachScriptCrash({ ...script, options }, { limit: 64 });
    });
  }
});

describe('a program that asks for more than the ones before it did', () => {
  const directory = '/data/deep/q';

  it("keeps what it is promised at 'power' in a directory that was made at 'process'", async () => {
    const { points } = await eachScriptCrash(
      {
        directories: ['/data/'],
        before: [async (program) => (await program.open({ directory, durability: 'process' })).dispose()],
        script: async (program) => {
          const queue = await program.open({ directory });
          await queue.putAll('a', 'b');
          await queue.done(await queue.take());
        },
        next: () => [{ directory }, { directory }],
      },
      { limit: 16, share: oneIn(4) },
    );
    expect(points).toBeGreaterThan(50);
  });
});

describe("what a run left unsynced is safe once a run at 'power' has acknowledged anything that leans on it", () => {
  const key = 'k';
  type Queue = PersistentQueue<string>;
  const open = (fs: FaultyDisk, options = {}): Promise<Queue> =>
    PersistentQueue.open<string>('/q', { fileSystem: mortal(fs), clock: hastyClock(), ...options });
  const put = (queue: Queue): Promise<boolean> => queue.put('v', { key });

  /** A disk on which that message was written by a run that was killed before it was synced. */
  async function killedAtSync(): Promise<CrashingDisk> {
    const probe = new CrashingDisk({ '/q/': '' }).process();
    await put(await open(probe));
    const call = probe.calls.find(({ operation, path }) => operation === 'syncNow' && path.endsWith('.put.tsv'))?.number ?? 0;
    const disk = new CrashingDisk({ '/q/': '' });
    const process = disk.process({ stop: { call, when: 'before' } });
    await restOf(async () => put(await open(process)), process);
    process.kill();
    return disk;
  }

  /** The same by one that promised no more. */
  async function acknowledgedAtProcess(): Promise<CrashingDisk> {
    const disk = new CrashingDisk({ '/q/': '' });
    const process = disk.process();
    await put(await open(process, { durability: 'process' }));
    process.kill();
    return disk;
  }

  const LEANING: Record<string, readonly [act: (queue: Queue) => Promise<unknown>, left: readonly string[]]> = {
    'a put that is refused, since its key is there': [async (queue) => expect(await put(queue)).toBe(false), ['v']],
    'a message that is given up': [async (queue) => (await take(queue)).fail(new PermanentError('no')), ['v was given up']],
    'a message that is given back': [async (queue) => (await take(queue)).release(), ['v']],
    'a message that is done, with its key': [async (queue) => (await take(queue)).done(), []],
    'all that is marked as done, with its keys': [(queue) => queue.markAllDone(), []],
  };

  it.each(Object.entries(LEANING))('%s', async (_, [act, expected]) => {
    for (const begin of [killedAtSync, acknowledgedAtProcess]) {
      const disk = await begin();
      const process = disk.process();
      const queue = await open(process);
      await act(queue);
      process.kill();
      let cuts = 0;
      for (const cut of powerCuts(disk)) {
        cuts += 1;
        const next = await open(cut.disk.process());
        const failed = await valuesOf(next.failed());
        expect([...(await valuesOf(next.outstanding())), ...failed.map((value) => `${value} was given up`)], cut.lost.join()).toEqual(
          expected,
        );
        expect(await put(next), cut.lost.join()).toBe(false);
        expect(await doAll(next)).toEqual(expected.filter((value) => value === 'v'));
      }
      expect(cuts).toBeGreaterThan(0);
    }
  });

  it('and costs no more syncs than one of each file that was found, once', async () => {
    const disk = await acknowledgedAtProcess();
    const process = disk.process();
    const queue = await open(process);
    const syncs = (): string[] =>
      process.calls.filter(({ operation }) => operation === 'sync').map(({ path }) => path.replace(/^.*\.0{7}(\d)\.\d+\./, '$1.'));
    const before = syncs().length;
    for (let time = 0; time < 3; time += 1) expect(await put(queue)).toBe(false);
    await (await take(queue)).release();
    expect(syncs().slice(before)).toEqual(['1.put.tsv']);
  });
});
