import { describe, expect, it } from 'vitest';
import { ClaimLostError, QueueTimeoutError } from '../../src/errors.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { ClaimedGroup } from '../../src/queues/claimed-group.ts';
import type { GroupedFolderQueueOptions } from '../../src/queues/folder-options.ts';
import type { GroupedFolderQueue } from '../../src/queues/grouped-folder-queue.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { days, heldByTheDead, keptIn, openGroups, textsIn } from '../support/grouped-ground.ts';
import { inFolder, messagesIn, said } from '../support/folder-ground.ts';
import { mortal } from '../support/mortal.ts';
import { oneIn, sampleOf } from '../support/sample.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';

const FILES = { ...days('mon'), ...inFolder(said(1, 'helo', 'done')) };
const TEXTS = Object.values(days('mon'));

type How = 'done' | 'release' | 'fail' | 'give up';

/** What the other makes of what it took back. */
type Then = 'only takes it back' | 'leaves it ready' | 'has it' | 'is through with it';

interface Late {
  readonly files?: Readonly<Record<string, string>>;
  readonly how: How;
  readonly other: Then;
  readonly options?: Partial<GroupedFolderQueueOptions>;
}

const getNow = (queue: GroupedFolderQueue): Promise<ClaimedGroup | undefined> =>
  queue.get({ timeoutMs: 2_000 }).catch((error: unknown) => {
    expect(error).toBeInstanceOf(QueueTimeoutError);
    return undefined;
  });

function settle(group: ClaimedGroup, how: How): Promise<void> {
  return how === 'done' || how === 'release' ? group[how]() : group.fail(new Error('late'));
}

/** Everything but heartbeats and stages, by name. */
async function everything(fs: FileSystem): Promise<string[]> {
  return [...(await messagesIn(fs)), '-', ...(await keptIn(fs, '/q/done')), '-', ...(await keptIn(fs, '/q/failed'))];
}

/** One other reader, which takes the sleeper for dead. */
class Other {
  readonly #fs: FileSystem;
  readonly #late: Late;
  queue: GroupedFolderQueue | undefined;
  group: ClaimedGroup | undefined;
  /** What there was when it was through. */
  left: readonly string[] = [];

  constructor(fs: FileSystem, late: Late) {
    this.#fs = fs;
    this.#late = late;
  }

  async come(): Promise<void> {
    const { other, options } = this.#late;
    // Who sees no groups takes none.
    const blind = other === 'only takes it back' ? { groupKey: () => undefined } : {};
    this.queue = await openGroups(this.#fs, { ...options, ...blind });
    this.group = await this.queue.tryGet();
    if (other === 'leaves it ready') await this.group?.release();
    if (other === 'is through with it') await this.group?.done();
    this.left = await everything(this.#fs);
  }
}

/** Lets one who takes and settles sleep before one of its calls, while the other takes back what it has. Gives its calls. */
async function sleepBefore(call: number, late: Late): Promise<readonly string[]> {
  const disk = new CrashingDisk(late.files ?? FILES);
  const other = new Other(disk.process(), late);
  const fs = sleepyDisk(disk.process(), { call, meanwhile: () => other.come() });
  const sleeper = await openGroups(mortal(fs), late.options).catch(async (error: unknown) => {
    // Found dead before it was through with saying that it lives.
    expect(error).toMatchObject({ code: 'ERR_DISK', path: '/q/.dibs/consumers' });
    return openGroups(mortal(fs), late.options);
  });
  const group = await getNow(sleeper);
  const before = fs.calls.length;
  let outcome: 'settled' | 'lost' | undefined;
  if (group !== undefined) {
    const error = await settle(group, late.how).catch((thrown: unknown) => thrown);
    if (error !== undefined) expect(error).toBeInstanceOf(ClaimLostError);
    outcome = error === undefined ? 'settled' : 'lost';
  }
  const isInSettle = call > before && call <= fs.calls.length;
  if (outcome === 'lost') {
    expect(isInSettle, 'it lost it while it settled').toBe(true);
    expect(await everything(disk.process()), 'nothing changed').toEqual(other.left);
    expect(group?.signal.aborted).toBe(true);
  }
  const ended = outcome === 'settled' && (late.how === 'done' || late.how === 'give up');
  if (ended && isInSettle) expect(other.group, 'it had come to its end').toBeUndefined();
  await sleeper.dispose();
  // What the other has it has.
  if (late.other === 'has it') await other.group?.done();
  await other.queue?.dispose();
  await judge(disk.process(), late, ended ? late.how : other.group && late.other !== 'leaves it ready' ? 'done' : undefined);
  return fs.calls;
}

/** Another one works off what is left: all of the group, once, or nothing if it came to its end. */
async function judge(fs: FileSystem, { options = {} }: Late, ended: 'done' | 'give up' | undefined): Promise<void> {
  const queue = await openGroups(fs, options);
  const group = await queue.get();
  if (ended !== undefined) expect(group, 'it came to its end').toBeUndefined();
  await group?.done();
  expect(await queue.get()).toBeUndefined();
  expect(queue.incomplete, 'no part is left').toEqual([]);
  await queue.dispose();
  const kept = { done: await textsIn(fs, '/q/done'), failed: await textsIn(fs, '/q/failed') };
  const isFailed = ended === 'give up' || kept.failed.length > 0;
  if (ended === 'done') expect(isFailed).toBe(false);
  expect(kept).toEqual({ done: isFailed || options.doneDir === null ? [] : TEXTS, failed: isFailed ? TEXTS : [] });
  expect(await messagesIn(fs)).toEqual([]);
}

async function eachSleep(late: Late): Promise<void> {
  const calls = await sleepBefore(Infinity, late);
  const numbers = calls.map((_, index) => index + 1);
  const operationOf = (call: number): string[] => [calls[call - 1]?.split(' ')[0] ?? ''];
  for (const call of sampleOf(numbers, oneIn(24), operationOf)) {
    await sleepBefore(call, late).catch((cause: unknown) => {
      throw new Error(`Asleep before call ${call}: ${String(cause)}`, { cause });
    });
  }
  expect(calls.length).toBeGreaterThan(20);
}

const THEN: readonly Then[] = ['only takes it back', 'leaves it ready', 'has it', 'is through with it'];

describe.each(THEN)('one who sleeps before any of its calls, while another takes back what it has, and %s,', (other) => {
  it.each(['done', 'release', 'fail'] as const)('F-17 F-28 is told so, and changes nothing: %s', async (how) => {
    await eachSleep({ how, other });
  });

  it('F-17 F-28 is told so, and changes nothing: give up', async () => {
    await eachSleep({ how: 'give up', other, options: { maxAttempts: 1 } });
  });

  it('F-17 F-28 is told so, and changes nothing: done, with doneDir null', async () => {
    await eachSleep({ how: 'done', other, options: { doneDir: null } });
  });

  it.each(['wip', 'finished', 'failing'] as const)(
    'F-28 harms no second one who takes back the same from a dead one: %s',
    async (state) => {
      await eachSleep({ how: 'done', other, files: await heldByTheDead(FILES, state) });
    },
  );
});
