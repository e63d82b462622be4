import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { QueueLockedError } from '../../src/fs/ownership-errors.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { moveOwnerElsewhere } from '../support/owner-elsewhere.ts';
import { program } from '../support/programs.ts';
import { doAll, take, valuesOf } from '../support/queue-lives.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { ToldOwner } from '../support/told-owner.ts';

const SCRIPT = program('persistent-queue-script.mjs');

describe('Q-21 an owner in another process', () => {
  it('that is only stopped never is, however long, and goes on as the owner', async () => {
    const directory = tempFolder();
    const owner = new ToldOwner();
    const { pid } = await owner.ask('open', directory, { leaseMs: 100 });
    await owner.ask('put', 'a');
    await owner.process.signal('SIGSTOP');
    for (let look = 0; look < 8; look += 1) {
      const refused = PersistentQueue.open(directory, { leaseMs: 100 });
      await expect(refused).rejects.toBeInstanceOf(QueueLockedError);
      await expect(refused).rejects.toMatchObject({ holder: { pid } });
      await sleep(50);
    }
    await owner.process.signal('SIGCONT');
    expect(await owner.ask('put', 'b')).toEqual({ put: true });
    expect(await owner.ask('take')).toMatchObject({ value: 'a', attempt: 1 });
    expect(await owner.ask('done')).toEqual({ done: 'a' });
    await owner.ask('dispose');
    const queue = await PersistentQueue.open<string>(directory);
    expect(await doAll(queue)).toEqual(['b']);
    await queue.dispose();
  });
});

describe('Q-35 an owner elsewhere that is silent for its lease', () => {
  it.each(['power', 'process'] as const)(
    'is succeeded; when it wakes it gets QueueTakenError, and costs the new one nothing (%s)',
    async (durability) => {
      const directory = tempFolder();
      const owner = new ToldOwner();
      await owner.ask('open', directory, { leaseMs: 200, durability, segmentBytes: 1024 });
      for (const value of ['a', 'b', 'c']) await owner.ask('put', value);
      await owner.ask('take');
      await owner.ask('take');
      expect(await owner.ask('done')).toEqual({ done: 'a' });
      await owner.process.signal('SIGSTOP');
      moveOwnerElsewhere(directory);
      const start = performance.now();
      const heir = await PersistentQueue.open<string>(directory, { leaseMs: 200, durability });
      expect(performance.now() - start).toBeGreaterThanOrEqual(200);
      expect(await valuesOf(heir.outstanding())).toEqual(['b', 'c']);
      const b = await take(heir);
      expect(b).toMatchObject({ value: 'b', attempt: 2 });
      await b.done();
      await heir.put('d');
      await owner.process.signal('SIGCONT');
      const taken = { error: 'QueueTakenError', code: 'ERR_QUEUE_TAKEN' };
      expect(await owner.ask('done')).toMatchObject(taken);
      expect(await owner.ask('put', 'too late')).toMatchObject(taken);
      expect(await owner.ask('put', 'too late', { key: 'k' })).toMatchObject(taken);
      expect(await owner.ask('take')).toMatchObject(taken);
      expect(await owner.ask('close')).toMatchObject(taken);
      await owner.ask('dispose');
      await heir.put('e');
      expect(await valuesOf(heir.outstanding())).toEqual(['c', 'd', 'e']);
      await heir.dispose();
      const next = await PersistentQueue.open<string>(directory);
      expect(await doAll(next)).toEqual(['c', 'd', 'e']);
      expect(await next.counts()).toMatchObject({ waiting: 0, done: 5, damaged: 0 });
      await next.dispose();
    },
  );

  it('is not succeeded while it beats', async () => {
    const directory = tempFolder();
    const owner = new ToldOwner();
    await owner.ask('open', directory, { leaseMs: 4_000 });
    moveOwnerElsewhere(directory);
    await expect(PersistentQueue.open(directory, { leaseMs: 4_000 })).rejects.toMatchObject({
      code: 'ERR_QUEUE_LOCKED',
      holder: { host: 'elsewhere' },
    });
    expect(await owner.ask('put', 'a')).toEqual({ put: true });
  });
});

it('Q-07 after five runs that were killed each value has been done once', async () => {
  const directory = tempFolder();
  const done: unknown[] = [];
  for (let number = 0; number < 5; number += 1) {
    const owner = new ToldOwner();
    await owner.ask('open', directory, { segmentBytes: 1024, maxAttempts: 9 });
    for (let next = 0; next < 5; next += 1) await owner.ask('put', `${number}-${next}`);
    for (let next = 0; next < 3; next += 1) {
      await owner.ask('take');
      done.push((await owner.ask('done'))['done']);
    }
    await owner.ask('take');
    await owner.process.kill();
  }
  const queue = await PersistentQueue.open<string>(directory, { maxAttempts: 9 });
  done.push(...(await doAll(queue)));
  await queue.dispose();
  expect(done).toEqual([0, 1, 2, 3, 4].flatMap((number) => [0, 1, 2, 3, 4].map((next) => `${number}-${next}`)));
});

describe('a whole script that is run again', () => {
  function run(folder: string, values: string, kill = 'never'): { signal: string | null; diary: string[] } {
    const diary = join(folder, 'diary');
    writeFileSync(diary, '');
    const { status, signal, stderr } = spawnSync(process.execPath, [SCRIPT, join(folder, 'queue'), diary, values, kill], {
      encoding: 'utf8',
    });
    if (status !== 0 && signal === null) throw new Error(stderr);
    return { signal, diary: readFileSync(diary, 'utf8').split('\n').slice(0, -1) };
  }

  it('Q-09 does what is missing, and after a finished load everything again', () => {
    const folder = tempFolder();
    const days = 'mon,tue,wed,thu,fri,sat,sun';
    const dones = ({ diary }: { diary: string[] }): string =>
      diary
        .filter((line) => line.startsWith('done'))
        .map((line) => line.slice(5))
        .join();
    for (let load = 0; load < 2; load += 1) {
      expect(dones(run(folder, days, '3'))).toBe('mon,tue,wed');
      expect(dones(run(folder, days, '2'))).toBe('thu,fri');
      const last = run(folder, days);
      expect([last.signal, dones(last)]).toEqual([null, 'sat,sun']);
    }
  });

  it('Q-36 fails what kills its process three times, and does the rest', () => {
    const folder = tempFolder();
    const values = 'before,poison,after';
    expect(run(folder, values)).toEqual({ signal: 'SIGKILL', diary: ['began before 1', 'done before', 'began poison 1'] });
    expect(run(folder, values)).toEqual({ signal: 'SIGKILL', diary: ['began poison 2'] });
    expect(run(folder, values)).toEqual({ signal: 'SIGKILL', diary: ['began poison 3'] });
    expect(run(folder, values)).toEqual({ signal: null, diary: ['began after 1', 'done after', 'failed poison 3 KilledError'] });
  });
});
