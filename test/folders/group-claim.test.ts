import { describe, expect, it } from 'vitest';
import { type TakenGroup, takeGroup } from '../../src/folders/group-claim.ts';
import { errnoName } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { ALL_ERRNOS } from '../support/each-error.ts';
import type { Call } from '../support/fault-plan.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { drop, inFolder, messagesIn, openActor } from '../support/folder-ground.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';
import { turns } from '../support/turns.ts';
import { randomNumbers } from '../support/random.ts';

const NAMES = ['a.tsv', 'b.tsv', 'c.tsv'];
const FILES = inFolder(Object.fromEntries(NAMES.map((name) => [name, name])));

async function take(fs: FileSystem, files: readonly string[] = NAMES): Promise<TakenGroup & { readonly consumer: string }> {
  const { context, consumer } = await openActor(fs);
  return { ...(await takeGroup(context, 'g', files, { consumer: consumer.name, claim: 7 })), consumer: consumer.name };
}

describe('takeGroup', () => {
  it('takes all files under one claim, the first by name first, and looks at that once more at the end', async () => {
    const fs = sleepyDisk(memoryDisk(FILES), { call: 0, meanwhile: async () => undefined });
    const taken = await take(fs);
    if (taken.kind !== 'claimed') throw new Error(taken.kind);
    const { first, others, attempt } = taken.claim;
    expect([first, ...others].map(({ path }) => path)).toEqual(NAMES.map((name) => `/q/${name}.${taken.consumer}-7a1.wip`));
    expect(attempt).toBe(1);
    const renames = fs.calls.filter((call) => call.startsWith('rename'));
    expect(renames.map((call) => call.split(' ')[1])).toEqual(NAMES.map((name) => `/q/${name}`));
    expect(fs.calls.at(-1)).toBe(`lstat ${first.path}`);
  });

  it.each(NAMES)('F-28 takes none if somebody else has %s: what it took goes back, uncounted, the first last', async (name) => {
    const memory = memoryDisk({ ...FILES });
    await memory.rename(`/q/${name}`, `/q/${name}.somebody-1a1.wip`);
    const fs = sleepyDisk(memory, { call: 0, meanwhile: async () => undefined });
    expect((await take(fs)).kind).toBe('lost');
    const left = (await messagesIn(memory)).map((file) => file.replace(/\.[0-9a-z]+a(\d+)\.again$/, '#$1'));
    const before = NAMES.slice(0, NAMES.indexOf(name));
    expect(left).toEqual([...before.map((one) => `${one}#0`), `${name}.somebody-1a1.wip`, ...NAMES.slice(before.length + 1)].toSorted());
    const back = fs.calls.filter((call) => call.endsWith('.again')).map((call) => call.slice('rename /q/'.length, 'rename /q/'.length + 5));
    expect(back).toEqual(before.toReversed());
  });

  it('gives each file back with the attempts that it had', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv.xa2.again': '', 'b.tsv.xa1.again': '' }));
    expect((await take(fs, ['a.tsv.xa2.again', 'b.tsv.xa1.again', 'c.tsv'])).kind).toBe('lost');
    expect((await messagesIn(fs)).map((file) => file.replace(/\.[0-9a-z]+a(\d+)\.again$/, '#$1'))).toEqual(['a.tsv#2', 'b.tsv#1']);
  });

  it('calls it spent when the attempts of its first are used up, and counts none more', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv.xa3.again': '', 'b.tsv': '', 'c.tsv': '' }));
    const taken = await take(fs, ['a.tsv.xa3.again', 'b.tsv', 'c.tsv']);
    expect(taken).toMatchObject({ kind: 'spent', claim: { attempt: 3 } });
  });

  it('takes none of a group of which one is no message, or finished before: what is left of that goes', async () => {
    const fs = memoryDisk(FILES);
    expect((await take(fs, ['a.tsv', 'b.txt'])).kind).toBe('lost');
    await fs.mkdir('/q/done');
    await fs.link('/q/b.tsv', '/q/done/b.tsv');
    const names = await messagesIn(fs);
    expect((await take(fs, names)).kind).toBe('lost');
    expect((await messagesIn(fs)).map((file) => file.slice(0, 5))).toEqual(['a.tsv', 'c.tsv']);
    expect(await fs.readdir('/q/done')).toEqual(['b.tsv']);
  });

  it('brings back what looked like a file and is none', async () => {
    const fs = memoryDisk(inFolder({ 'a.tsv': '', 'c.tsv': '' }));
    await fs.mkdir('/q/b.tsv');
    expect((await take(fs)).kind).toBe('lost');
    expect((await messagesIn(fs)).map((file) => file.slice(0, 5))).toEqual(['a.tsv', 'b.tsv', 'c.tsv']);
  });

  it('of one file works too', async () => {
    expect(await take(memoryDisk(FILES), ['b.tsv'])).toMatchObject({ kind: 'claimed', claim: { others: [] } });
    expect((await take(memoryDisk(FILES), [])).kind).toBe('lost');
  });
});

describe('takeGroup, when the disk refuses one of its calls,', () => {
  const before = ['a.tsv.xa2.again', 'b.tsv', 'c.tsv.xa1.again'];
  const after = ['a.tsv#2', 'b.tsv#0', 'c.tsv#1'];

  /** What lies in the folder after a call was refused, or done and said to be refused; undefined if all were made before it came to that. */
  async function refuse(call: number, errno: string, reply: 'before' | 'after'): Promise<readonly [string, string[]] | undefined> {
    const memory = memoryDisk(inFolder(Object.fromEntries(before.map((name) => [name, name]))));
    const { context, consumer } = await openActor(memory);
    const fs = new FaultyDisk(memory, { faults: [{ at: ({ number }) => number === call, errno, reply }] });
    const taking = takeGroup({ ...context, fs }, 'g', before, { consumer: consumer.name, claim: 7 });
    const outcome = await taking.then(({ kind }) => kind, (error: unknown) => errnoName(error)); // prettier-ignore
    if (fs.calls.length < call) return undefined;
    const left = await messagesIn(memory);
    return [outcome, left.map((file) => file.replace(/\.[0-9a-z]+a(\d+)\.again$/, '#$1').replace(/tsv$/, 'tsv#0'))];
  }

  it.each(ALL_ERRNOS)('has all of it, or none, and that is free at once and uncounted: %s', async (errno) => {
    const outcomes: string[] = [];
    for (const reply of ['before', 'after'] as const)
      for (let call = 1; ; call += 1) {
        const found = await refuse(call, errno, reply);
        if (found === undefined) break;
        const [outcome, left] = found;
        outcomes.push(outcome);
        // Where the reply to a rename is lost that was made it is known by its own name.
        if (outcome === 'claimed') expect([errno, reply]).toEqual(['ENOENT', 'after']);
        else expect(left, `call ${call}, ${reply}`).toEqual(after);
      }
    // Three are claimed and looked at, and the first is looked at once more.
    expect(outcomes).toHaveLength(14);
    expect(outcomes.filter((outcome) => outcome === errno).length).toBeGreaterThanOrEqual(8);
  });

  it('leaves what can not be given back to whoever looks next', async () => {
    const memory = memoryDisk(FILES);
    const { context, consumer } = await openActor(memory);
    const faults = [{ at: ({ path, to }: Call) => path.includes('b.tsv') || to?.endsWith('again') === true, errno: 'EIO' }];
    const fs = new FaultyDisk(memory, { faults });
    await expect(takeGroup({ ...context, fs }, 'g', NAMES, { consumer: consumer.name, claim: 7 })).rejects.toMatchObject({ code: 'EIO' });
    expect(await messagesIn(memory)).toEqual([`a.tsv.${consumer.name}-7a1.wip`, 'b.tsv', 'c.tsv']);
  });
});

it('F-28 of two who try for the same group at the same time at most one has it, and the other leaves it whole', async () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const memory = memoryDisk(FILES);
    await drop(memory, '/q/d.tsv');
    const schedule = turns();
    const random = randomNumbers(seed);
    const actors = [await openActor(memory), await openActor(memory)];
    const takes = actors.map(({ context, consumer }) =>
      takeGroup({ ...context, fs: schedule.of(memory) }, 'g', NAMES, { consumer: consumer.name, claim: 1 }),
    );
    await schedule.run(takes, (n) => Math.floor(random() * n));
    const kinds = (await Promise.all(takes)).map(({ kind }) => kind).toSorted();
    expect(kinds, `seed ${seed}`).toEqual(['claimed', 'lost']);
    expect((await messagesIn(memory)).filter((file) => file.endsWith('.wip'))).toHaveLength(3);
  }
});
