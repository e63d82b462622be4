import { describe, expect, it } from 'vitest';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { eachDoubleCrash, ran } from '../support/crash-script.ts';
import type { Script } from '../support/crash-script.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { Crash } from '../support/each-crash.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { mortal } from '../support/mortal.ts';
import { half, REMOVAL, SCRIPTS } from '../support/queue-scripts.ts';

const DEEP = process.env['DIBS_DEEP'] === '1';

describe('a second crash, while what the first one left is taken up,', () => {
  const finish: Script = async (program) => {
    const queue = await program.open();
    await queue.put('e');
    await queue.done(await queue.take());
    await queue.dispose();
  };
  /** With what is written and not synced: the next program reads it, and the power may take it still. */
  const isUnsynced = ({ kind, call, where }: Crash): boolean => kind === 'kill' && call?.operation === 'write' && where.startsWith('after');
  const isLast = (crash: Crash): boolean => isUnsynced(crash) && crash.call?.path.endsWith('.done.tsv') === true;

  it('Q-06 crash_during_requeue_repeats_nothing, and loses nothing', async () => {
    const { states } = await eachDoubleCrash({ script: half, second: finish, first: DEEP ? () => true : isLast }, { limit: DEEP ? 8 : 1 });
    expect(states).toBeGreaterThan(100);
  });

  it('Q-08 loses nothing of which the second run was told that it is there already, or that it is settled', async () => {
    const keyed: Script = async (program) => {
      const queue = await program.open();
      await queue.put('a', 'one');
      await queue.put('b', 'two');
      await queue.done(await queue.take());
    };
    // The whole script again, as whoever wrote it was told to.
    const again: Script = async (program) => {
      const queue = await program.open();
      await queue.put('a', 'one');
      await queue.put('b', 'two');
      const item = await queue.takeIfAny();
      if (item) await queue.fail(item, item.attempt >= 3);
      await queue.dispose();
    };
    const { states } = await eachDoubleCrash({ script: keyed, second: again, first: isUnsynced }, { limit: DEEP ? 16 : 3 });
    expect(states).toBeGreaterThan(100);
  });

  it.skipIf(!DEEP)('loses nothing while journals roll and go', async () => {
    const script = SCRIPTS[REMOVAL]?.script ?? half;
    await eachDoubleCrash({ script, second: finish, first: isUnsynced, options: { segmentBytes: 1024 } }, { limit: 8 });
  });
});

describe('Q-36 value_that_kills_its_process_maxAttempts_times_is_failed', () => {
  it('and not before, and with its reason', async () => {
    const killed: Script = async (program) => {
      const queue = await program.open();
      if (program.ledger.entries.size === 0) await queue.putAll('poison', 'food');
      await queue.take();
    };
    const left = async (kills: number): Promise<Record<string, string>> => {
      const { disk } = await ran(
        Array.from({ length: kills }, () => killed),
        {},
      );
      const queue = await PersistentQueue.open<string>('/q', { fileSystem: mortal(disk.process()), clock: hastyClock() });
      const [first, second] = [await queue.tryGet(), await queue.tryGet()];
      const found: Record<string, string> = {};
      for (const item of [first, second]) if (item) found[item.value] = `attempt ${item.attempt}`;
      for await (const { value, attempts, error } of queue.failed()) found[value ?? ''] = `failed after ${attempts}: ${error.name}`;
      return found;
    };
    expect(await left(2)).toEqual({ poison: 'attempt 3', food: 'attempt 1' });
    expect(await left(3)).toEqual({ poison: 'failed after 3: KilledError', food: 'attempt 1' });
  });
});

describe('what was given up is listed', () => {
  it('at any moment, also while the journal that it lies in is removed', async () => {
    const disk = new CrashingDisk({ '/q/': '' });
    const queue = await PersistentQueue.open<string>('/q', {
      fileSystem: mortal(disk.process()),
      clock: hastyClock(),
      maxAttempts: 1,
      segmentBytes: 1024,
    });
    await queue.put(`poison${'.'.repeat(2_000)}`);
    await queue.put('next');
    await (await queue.tryGet())?.fail(new Error('no'));
    for (let turn = 0; turn < 40; turn += 1) {
      let listed = 0;
      for await (const { value } of queue.failed()) listed += value?.startsWith('poison') ? 1 : 0;
      expect(listed).toBe(1);
    }
    expect(Object.keys(disk.files()).filter((path) => path.endsWith('.kept.tsv'))).toHaveLength(1);
    await queue.dispose();
  });
});

describe('Q-33 explicit_journalDir_and_resumeFrom', () => {
  it('opened again with the same resumeFrom after all was done, it delivers nothing again', async () => {
    const { disk } = await ran([async (program) => void (await (await program.open()).putAll('a', 'b'))], {});
    const run = async (): Promise<string[]> => {
      const fileSystem = mortal(disk.process());
      const queue = await PersistentQueue.open<string>({ journalDir: '/q2', resumeFrom: '/q', fileSystem, clock: hastyClock() });
      const values: string[] = [];
      for (let item = await queue.tryGet(); item; item = await queue.tryGet()) {
        values.push(item.value);
        await item.done();
      }
      await queue.close();
      await queue.dispose();
      return values;
    };
    expect(await run()).toEqual(['a', 'b']);
    expect(await run()).toEqual([]);
    expect(await run()).toEqual([]);
  });
});
