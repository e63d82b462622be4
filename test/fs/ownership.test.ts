import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { QueueLockedError } from '../../src/fs/ownership-errors.ts';
import { formatOwner, parseOwner } from '../../src/formats/owner-record.ts';
import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { readOwner } from '../../src/fs/owner-file.ts';
import { takeOwnership } from '../../src/fs/ownership.ts';
import type { Ownership, OwnershipOptions } from '../../src/fs/ownership.ts';
import type { ProcessIdentity, ProcessStanding } from '../../src/fs/process-identity.ts';
import { readSmallFile } from '../../src/fs/small-file.ts';
import { manualClock, memoryDisk } from '../../src/testing/index.ts';
import type { ManualClock } from '../../src/testing/index.ts';

const LEASE = 30_000;

/** Processes as a test wants them: each has its own pid, and is alive, dead or elsewhere. */
function processes(): {
  make(standing: ProcessStanding): ProcessIdentity;
  become(identity: ProcessIdentity, standing: ProcessStanding): void;
  standing: (identity: ProcessIdentity) => ProcessStanding;
} {
  const all = new Map<number, ProcessStanding>();
  return {
    make(standing) {
      const pid = all.size + 1;
      all.set(pid, standing);
      return { host: 'etl-1', bootId: 'boot', pidNamespace: 'pid:[1]', pid, startTime: String(pid) };
    },
    become: (identity, standing) => void all.set(identity.pid, standing),
    standing: ({ pid }) => all.get(pid) ?? 'unknown',
  };
}

interface Scene {
  readonly fs: FileSystem;
  readonly clock: ManualClock;
  readonly people: ReturnType<typeof processes>;
  open(identity: ProcessIdentity, options?: Partial<OwnershipOptions>, fs?: FileSystem): Promise<Ownership>;
  list(): Promise<string[]>;
  /** How many stages lie there: one for each owner that was not succeeded and has not given the directory back. */
  stages(): Promise<number>;
  text(name: string): Promise<string>;
}

function scene(files: Record<string, string> = { '/q/queue.json': '{}' }): Scene {
  const fs = memoryDisk(files);
  const clock = manualClock();
  const people = processes();
  return {
    fs,
    clock,
    people,
    open: (identity, options = {}, disk = fs) =>
      takeOwnership(disk, '/q', { leaseMs: LEASE, sync: true, clock, identity, standing: people.standing, ...options }),
    list: async () => (await fs.readdir('/q')).filter((name) => name !== 'queue.json' && !name.startsWith('stage.')).sort(),
    stages: async () => (await fs.readdir('/q')).filter((name) => name.startsWith('stage.')).length,
    async text(name) {
      const found = await readSmallFile(fs, `/q/${name}`, 4096);
      return found.kind === 'text' ? found.text : found.kind;
    },
  };
}

/** Moves the clock by steps that a looker would take, until `promise` has an outcome. */
async function afterHowLong(clock: ManualClock, promise: Promise<unknown>): Promise<number> {
  let isOver = false;
  const over = promise.then(() => (isOver = true), () => (isOver = true)); // prettier-ignore
  const start = clock.monotonic();
  while (!isOver && clock.monotonic() - start < 20 * LEASE) await clock.advance(100);
  await over;
  return clock.monotonic() - start;
}

describe('the first owner', () => {
  it('is number 1, and has its file and its stage', async () => {
    const { open, list, stages, people, text } = scene();
    const identity = people.make('alive');
    const owner = await open(identity);
    expect(owner).toMatchObject({ number: 1, run: 1, holder: { host: 'etl-1', pid: 1, since: '2000-01-01T00:00:00.000Z' } });
    expect(owner.isStillOurs()).toBe(true);
    expect([await list(), await stages()]).toEqual([['owner.1'], 1]);
    expect(parseOwner(await text('owner.1'))?.record).toMatchObject({ ...identity, run: 1, leaseMs: LEASE });
  });

  it('has a run above every run that the names speak of', async () => {
    const { open, people } = scene({ '/q/queue.00000041.keys.tsv': '' });
    const owner = await open(people.make('alive'), { highestRun: (names) => (names.includes('queue.00000041.keys.tsv') ? 41 : 0) });
    expect(owner).toMatchObject({ number: 1, run: 42 });
  });
});

describe('while the owner lives', () => {
  it('a second one is told at once who that is, in another process and in the same', async () => {
    const { open, people, list } = scene();
    const first = people.make('alive');
    const owner = await open(first);
    for (const second of [people.make('alive'), first]) {
      const refused = await open(second).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(QueueLockedError);
      expect(refused).toMatchObject({ code: 'ERR_QUEUE_LOCKED', directory: '/q', holder: owner.holder });
    }
    expect(await list()).toEqual(['owner.1']);
    expect(owner.isStillOurs()).toBe(true);
  });

  it('of two who open at once one wins', async () => {
    const { open, people } = scene();
    const [a, b] = await Promise.allSettled([open(people.make('alive')), open(people.make('alive'))]);
    expect([a.status, b.status].sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('a process of this machine that stalls is never succeeded', async () => {
    const { open, people, clock } = scene();
    const stalled = await open(people.make('alive'));
    await clock.advance(100 * LEASE);
    await expect(open(people.make('alive'))).rejects.toBeInstanceOf(QueueLockedError);
    expect(stalled.isStillOurs()).toBe(true);
  });

  it('and is elsewhere, its next beat shows it', async () => {
    const { open, people, clock } = scene();
    await open(people.make('unknown'));
    const second = open(people.make('alive'));
    expect(await afterHowLong(clock, second)).toBeLessThanOrEqual(LEASE / 5 + LEASE / 20 + 100);
    await expect(second).rejects.toBeInstanceOf(QueueLockedError);
  });
});

describe('an owner that gave the directory back', () => {
  it('is succeeded at once, by the same process too', async () => {
    const { open, people, list, stages, text } = scene();
    const first = people.make('alive');
    const owner = await open(first);
    await owner.release();
    await owner.release();
    expect(owner.isStillOurs()).toBe(false);
    expect(await stages()).toBe(0);
    expect(await text('owner.1')).toMatch(/^released__\n/);
    expect(await open(first)).toMatchObject({ number: 2, run: 2 });
    expect(await list()).toEqual(['owner.2']);
  });

  it('beats no more', async () => {
    const { open, people, clock, text } = scene();
    const owner = await open(people.make('alive'));
    await clock.advance(LEASE);
    expect(await text('owner.1')).toMatch(/^0000000006\n/);
    await owner.release();
    await clock.advance(LEASE);
    expect(await text('owner.1')).toMatch(/^released__\n/);
    expect(clock.pending).toBe(0);
  });

  it('is succeeded by its own process though the disk did not take the word', async () => {
    const { open, people, fs } = scene();
    const first = people.make('alive');
    const broken: FileSystem = {
      ...fs,
      async open(path, mode) {
        const file = await fs.open(path, mode);
        return mode === 'update' ? { ...file, write: () => refuse('EIO', path) } : file;
      },
    };
    const owner = await open(first, {}, broken);
    await owner.release();
    expect(await open(first)).toMatchObject({ number: 2 });
  });

  it('is rid of it though the disk refuses to close its file, and leaves no stage', async () => {
    const { open, people, fs, stages } = scene();
    const first = people.make('alive');
    // As over a network, where the word is written when the file is closed, or never.
    const broken: FileSystem = {
      ...fs,
      async open(path, mode) {
        const file = await fs.open(path, mode);
        return mode === 'update' ? { ...file, write: (_bytes, _from, length) => length, close: () => refuse('EIO', path) } : file;
      },
    };
    const owner = await open(first, {}, broken);
    await owner.release();
    expect(await stages()).toBe(0);
    expect(await open(first)).toMatchObject({ number: 2 });
  });
});

function refuse(code: string, path: string): never {
  throw errnoError(code, 'write', path);
}

describe('a dead owner', () => {
  it('of this machine is succeeded at once, and knows when it wakes after all', async () => {
    const { open, people, list, stages, clock } = scene();
    const first = people.make('alive');
    const owner = await open(first);
    people.become(first, 'dead');
    const next = await open(people.make('alive'));
    expect(next).toMatchObject({ number: 2, run: 2 });
    expect([await list(), await stages()]).toEqual([['owner.2'], 1]);
    expect([owner.isStillOurs(), next.isStillOurs()]).toEqual([false, true]);
    await owner.release();
    await clock.advance(LEASE);
    expect(await list()).toEqual(['owner.2']);
    expect(next.isStillOurs()).toBe(true);
  });

  it('elsewhere is succeeded after the longer of the two leases', async () => {
    for (const [its, ours] of [
      [LEASE, 1_000],
      [1_000, LEASE],
    ] as const) {
      // prettier-ignore
      const { open, people, clock } = scene();
      await open(people.make('unknown'), { clock: stopped, leaseMs: its });
      const second = open(people.make('alive'), { leaseMs: ours });
      const waited = await afterHowLong(clock, second);
      expect(waited).toBeGreaterThanOrEqual(LEASE);
      expect(waited).toBeLessThanOrEqual(1.1 * LEASE);
      expect(await second).toMatchObject({ number: 2 });
    }
  });

  it('is not waited for any longer once the signal aborts', async () => {
    const { open, people, clock, list } = scene();
    await open(people.make('unknown'), { clock: stopped });
    const controller = new AbortController();
    const second = open(people.make('alive'), { signal: controller.signal });
    await clock.advance(LEASE / 2);
    controller.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    expect(clock.pending).toBe(0);
    expect(await list()).toEqual(['owner.1']);
  });

  it('that left a run above its number is followed by a higher one', async () => {
    const { open, people } = scene();
    const first = people.make('alive');
    await open(first, { highestRun: () => 41 });
    people.become(first, 'dead');
    expect(await open(people.make('alive'))).toMatchObject({ number: 2, run: 43 });
  });
});

/** Time for a process that was stopped: it never beats. */
const stopped: Clock = { monotonic: () => 0, wall: () => new Date(0), after: () => () => undefined };

it('an owner whose directory was replaced has lost it, whoever owns the new one', async () => {
  const { open, people, fs } = scene();
  const owner = await open(people.make('alive'));
  await fs.rename('/q', '/moved');
  await fs.mkdir('/q');
  const other = await open(people.make('alive'));
  expect([owner.number, other.number]).toEqual([1, 1]);
  expect([owner.isStillOurs(), other.isStillOurs()]).toEqual([false, true]);
});

describe('a damaged owner file', () => {
  it.each(['', '0000000001\n', 'hello', 'x'.repeat(5000)])('(%#) counts as silent, and is succeeded after a lease', async (text) => {
    const { open, people, clock, list } = scene({ '/q/owner.7': text });
    const owner = open(people.make('alive'));
    const waited = await afterHowLong(clock, owner);
    expect(waited).toBeGreaterThanOrEqual(LEASE);
    expect(waited).toBeLessThanOrEqual(1.1 * LEASE);
    expect(await owner).toMatchObject({ number: 8, run: 8 });
    expect(await list()).toEqual(['owner.8']);
  });

  it('whose beat moves nevertheless has an owner that lives', async () => {
    const { open, people, clock, fs } = scene({ '/q/owner.7': '0000000001\nhello' });
    const owner = open(people.make('alive'));
    await clock.advance(LEASE / 3);
    const file = await fs.open('/q/owner.7', 'update');
    file.write(new TextEncoder().encode('0000000002'), 0, 10, 0);
    await Promise.all([expect(owner).rejects.toBeInstanceOf(QueueLockedError), clock.advance(LEASE / 3)]);
  });

  it('is not mistaken for one if it is a directory, which stays where it is', async () => {
    const { open, people, clock, list } = scene({ '/q/owner.3/x': '' });
    const owner = open(people.make('alive'));
    await afterHowLong(clock, owner);
    expect(await owner).toMatchObject({ number: 4, run: 4 });
    expect(await list()).toEqual(['owner.3', 'owner.4']);
  });
});

describe('who is stopped while others come and go', () => {
  /** A disk on which two owners come, one after the other, before this call is made for the first time. */
  async function overtaken(
    at: 'open' | 'link',
  ): Promise<{ refused: unknown; later: Ownership | undefined; next: Ownership; left: string[] }> {
    const { open, people, fs, list } = scene();
    const first = people.make('alive');
    await open(first);
    people.become(first, 'dead');
    let later: Ownership | undefined;
    async function overtake(): Promise<void> {
      if (later) return;
      const between = people.make('alive');
      await open(between);
      people.become(between, 'dead');
      later = await open(people.make('alive'));
    }
    const slow: FileSystem = {
      ...fs,
      async open(path, mode) {
        if (at === 'open' && mode === 'append') await overtake();
        return fs.open(path, mode);
      },
      async link(from, to) {
        if (at === 'link') await overtake();
        return fs.link(from, to);
      },
    };
    const refused: unknown = await open(people.make('alive'), {}, slow).catch((error: unknown) => error);
    expect(later).toMatchObject({ number: 3, run: 3 });
    expect(later?.isStillOurs()).toBe(true);
    const left = await list();
    await later?.release();
    const next = await open(people.make('alive'));
    expect(await list()).toEqual(['owner.4']);
    return { refused, later, next, left };
  }

  it('gives back a number that was free again, and finds the later owner', async () => {
    const { refused, later, left } = await overtaken('open');
    expect(refused).toMatchObject({ code: 'ERR_QUEUE_LOCKED', holder: later?.holder });
    expect(left).toEqual(['owner.2', 'owner.3']);
  });

  it('finds its stage swept, and the later owner', async () => {
    const { refused, later, left } = await overtaken('link');
    expect(refused).toMatchObject({ code: 'ERR_QUEUE_LOCKED', holder: later?.holder });
    expect(left).toEqual(['owner.3']);
  });
});

describe('a new owner', () => {
  it('sweeps the stages that others left', async () => {
    const { open, people, fs, stages } = scene({ '/q/stage.0123456789abcdef': 'left', '/q/queue.json': '{}' });
    await open(people.make('alive'));
    expect([fs.exists('/q/stage.0123456789abcdef'), await stages()]).toEqual([false, 1]);
  });

  it('refuses a chain that is used up instead of losing its end, at once, and names the file that says so', async () => {
    const { open, people, list } = scene({ '/q/owner.7': '', '/q/owner.99999999': '' });
    const refused = await open(people.make('alive')).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'ERR_NOT_A_QUEUE', directory: '/q' });
    expect(String(refused)).toContain('owner.99999999 has the last number there is. If it is not meant to be there, move that file away');
    expect(await list()).toEqual(['owner.7', 'owner.99999999']);
  });

  it('refuses a run beyond the last, and names the file that has it', async () => {
    const { open, people, list } = scene({ '/q/queue.99999999.kept.tsv': '' });
    const refused = await open(people.make('alive'), { highestRun: () => 99_999_999 }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'ERR_NOT_A_QUEUE' });
    expect(String(refused)).toContain('queue.99999999.kept.tsv has the last number there is');
    expect(await list()).toEqual(['queue.99999999.kept.tsv']);
  });

  it('is what readers see', async () => {
    const { open, people, fs } = scene();
    expect(await readOwner(fs, '/q', people.standing)).toBeUndefined();
    const identity = people.make('alive');
    const owner = await open(identity);
    expect(await readOwner(fs, '/q', people.standing)).toEqual({ number: 1, run: 1, holder: owner.holder, standing: 'alive' });
    people.become(identity, 'unknown');
    expect(await readOwner(fs, '/q', people.standing)).toMatchObject({ standing: 'unknown' });
    await owner.release();
    expect(await readOwner(fs, '/q', people.standing)).toMatchObject({ standing: 'released' });
    expect(await readOwner(memoryDisk({ '/q/owner.4': 'x' }), '/q')).toEqual({ number: 4, run: null, holder: null, standing: 'unknown' });
  });

  it('has the format that it had before', async () => {
    const { open, people, text } = scene();
    const identity = people.make('alive');
    await open(identity);
    const written = parseOwner(await text('owner.1'));
    expect(written && formatOwner(written.record)).toBe(await text('owner.1'));
  });
});
