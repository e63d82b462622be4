import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { QueueLockedError } from '../../src/fs/ownership-errors.ts';
import { formatOwner } from '../../src/formats/owner-record.ts';
import { disk } from '../../src/fs/disk.ts';
import { takeOwnership } from '../../src/fs/ownership.ts';
import { processIdentity } from '../../src/fs/process-identity.ts';
import { program } from '../support/programs.ts';
import { TalkingProcess } from '../support/talking-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const SCRIPT = program('owner.mjs');

/** Longer than any test: whoever waits for it fails. */
const NEVER_MS = 10_000_000;

const owner = (launcher?: readonly string[]): TalkingProcess => new TalkingProcess(SCRIPT, launcher);

const RACES = process.env['DIBS_DEEP'] === '1' ? 2_000 : 50;

describe('two processes that race for a directory', () => {
  it(`have one winner in each of ${RACES}, and the other is told who`, async () => {
    const folder = tempFolder();
    const racers = [owner(), owner()];
    const wins = new Map<unknown, number>();
    for (let round = 0; round < RACES; round += 1) {
      const directory = join(folder, String(round));
      mkdirSync(directory);
      // On a busy machine who is asked first is there first.
      const inTurn = round % 2 === 0 ? racers : racers.toReversed();
      const answers = await Promise.all(inTurn.map((racer) => racer.ask(`take ${directory} ${NEVER_MS} ${Date.now() + 4}`)));
      const [winner, ...others] = answers.filter(({ took }) => took);
      const loser = answers.find(({ took }) => !took);
      expect(others).toEqual([]);
      expect(winner).toMatchObject({ number: 1, run: 1 });
      expect(loser).toMatchObject({ code: 'ERR_QUEUE_LOCKED', holder: { pid: winner?.['pid'] } });
      expect(readdirSync(directory).sort()).toEqual(['owner.1', expect.stringMatching(/^stage\./)]);
      wins.set(winner?.['pid'], (wins.get(winner?.['pid']) ?? 0) + 1);
    }
    // Proof that it was a race: each of them won some.
    expect(Math.min(...racers.map(({ pid }) => wins.get(pid) ?? 0))).toBeGreaterThan(0);
  });
});

describe('an owner in another process', () => {
  it('is succeeded at once when it was killed', async () => {
    const directory = tempFolder();
    for (let number = 1; number <= 5; number += 1) {
      const killed = owner();
      expect(await killed.ask(`take ${directory} ${NEVER_MS}`)).toMatchObject({ took: true, number });
      await killed.kill();
    }
    const next = await takeOwnership(disk, directory, { leaseMs: NEVER_MS, sync: true });
    expect(next).toMatchObject({ number: 6, run: 6 });
    await next.release();
    expect(readdirSync(directory)).toEqual(['owner.6']);
  });

  it('is never succeeded while it is stopped, however long, and goes on as the owner', async () => {
    const directory = tempFolder();
    const stopped = owner();
    await stopped.ask(`take ${directory} 20`);
    await stopped.signal('SIGSTOP');
    for (let look = 0; look < 10; look += 1) {
      await sleep(30);
      const refused: unknown = await takeOwnership(disk, directory, { leaseMs: 20, sync: false }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(QueueLockedError);
      expect(refused).toMatchObject({ holder: { pid: stopped.pid } });
    }
    await stopped.signal('SIGCONT');
    expect(await stopped.ask('ours')).toEqual({ ours: true });
    await stopped.ask('release');
    await (await takeOwnership(disk, directory, { leaseMs: 20, sync: false })).release();
  });

  it('is dead when its pid is somebody else’s by now', async () => {
    const directory = tempFolder();
    const before = { ...processIdentity(), startTime: '1', run: 4, token: 'x', since: new Date().toISOString(), leaseMs: NEVER_MS };
    writeFileSync(join(directory, 'owner.2'), formatOwner(before));
    const next = await takeOwnership(disk, directory, { leaseMs: NEVER_MS, sync: false });
    expect(next).toMatchObject({ number: 3, run: 5 });
    await next.release();
  });
});

/** A pid namespace of its own, as a container has: every process that starts one is number 1 in it. */
const CONTAINER = ['unshare', '--kill-child', '-p', '-f', '--mount-proc'] as const;
const hasContainers = process.platform === 'linux' && spawnSync(CONTAINER[0], [...CONTAINER.slice(1), 'true']).status === 0;
if (!hasContainers) console.warn('SKIPPED 3 tests of owners in pid namespaces: they need root and unshare');

describe.skipIf(!hasContainers)('an owner in a container', () => {
  const LEASE = 1_000;

  it('is found by its beat, also while its event loop is blocked', async () => {
    const directory = tempFolder();
    const contained = owner(CONTAINER);
    expect(await contained.ask(`take ${directory} ${LEASE}`)).toMatchObject({ took: true, pid: 1 });
    expect(await contained.ask(`block ${4 * LEASE}`)).toEqual({ blocked: true });
    await expect(takeOwnership(disk, directory, { leaseMs: LEASE, sync: false })).rejects.toMatchObject({ holder: { pid: 1 } });
    expect(await contained.answer()).toEqual({ blocked: false });
    expect(await contained.ask('ours')).toEqual({ ours: true });
  });

  it('is not taken for oneself by process 1 of another container on the same host', async () => {
    const directory = tempFolder();
    const [first, second] = [owner(CONTAINER), owner(CONTAINER)];
    await first.ask(`take ${directory} ${LEASE}`);
    expect(await second.ask(`take ${directory} ${LEASE}`)).toMatchObject({ took: false, code: 'ERR_QUEUE_LOCKED', holder: { pid: 1 } });
    await first.ask('release');
    expect(await second.ask(`take ${directory} ${LEASE}`)).toMatchObject({ took: true, number: 2 });
  });

  it('is succeeded after a lease when it was killed', async () => {
    const directory = tempFolder();
    const [first, second] = [owner(CONTAINER), owner(CONTAINER)];
    await first.ask(`take ${directory} ${LEASE}`);
    await first.kill();
    const start = performance.now();
    expect(await second.ask(`take ${directory} ${LEASE}`)).toMatchObject({ took: true, number: 2 });
    expect(performance.now() - start).toBeGreaterThanOrEqual(LEASE);
  });
});
