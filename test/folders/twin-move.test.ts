import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { moveIn } from '../../src/folders/move-in.ts';
import type { FolderContext } from '../../src/folders/folder-context.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { eachCrash } from '../support/each-crash.ts';
import { drop, messagesIn, openActor } from '../support/folder-ground.ts';
import { keptIn } from '../support/grouped-ground.ts';
import { folderOf } from '../support/folder-scene.ts';
import { sleepyDisk } from '../support/sleepy-disk.ts';

const CLAIM = '/q/a.tsv.other-1-1a1.wip';

/** What becomes of the message that another process made of the same file. */
const FATES: Record<string, (fs: FileSystem) => Promise<unknown>> = {
  'is ready': async () => undefined,
  'is claimed': (fs) => fs.rename('/q/a.tsv', CLAIM),
  'was given back': (fs) => fs.rename('/q/a.tsv', '/q/a.tsv.xa1.again'),
  'is done': async (fs) => {
    await fs.rename('/q/a.tsv', CLAIM);
    await fs.link(CLAIM, '/q/done/a.tsv');
    await fs.unlink(CLAIM);
  },
};

async function move(context: FolderContext, fs: FileSystem): Promise<void> {
  const stat = await fs.lstat('/in/a.tsv');
  if (stat !== undefined) await moveIn({ ...context, fs }, { path: '/in/a.tsv', stat }, 'a.tsv');
}

async function folder(): Promise<{ readonly fs: FileSystem; readonly context: FolderContext }> {
  const fs = memoryDisk({ '/in/a.tsv': 'rows' });
  await fs.mkdir('/q/done');
  await fs.mkdir('/in');
  return { fs, context: (await openActor(fs)).context };
}

const all = async (fs: FileSystem): Promise<string[]> => [...(await messagesIn(fs)), ...(await keptIn(fs, '/q/done'))];

describe.each(Object.entries(FATES))('a file that two move at the same moment, and which %s', (fate, settle) => {
  it.each([true, false])('F-01 is one message, whenever the other came first; it removed the source: %s', async (isRemoved) => {
    for (let call = 1; ; call += 1) {
      const { fs: memory, context } = await folder();
      const other = async (): Promise<void> => {
        try {
          await memory.link('/in/a.tsv', '/q/a.tsv');
        } catch {
          return;
        }
        await settle(memory);
        if (isRemoved) await memory.unlink('/in/a.tsv');
      };
      const fs = sleepyDisk(memory, { call, meanwhile: other });
      const refusal = await move(context, fs).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : 'no error'),
      );
      if (refusal !== undefined) expect(refusal).toMatch(/there is no such file|is there already/);
      expect(await all(memory), `${fate}, before call ${call} ${fs.calls[call - 1]}`).toHaveLength(1);
      // Who is refused leaves the source to the other.
      expect(memory.exists('/in/a.tsv')).toBe(refusal !== undefined && !isRemoved);
      expect((await memory.readdir('/q/.dibs/stages')).filter((name) => !name.includes('elsewhere'))).toEqual([]);
      if (fs.calls.length < call) return;
    }
  });
});

it('F-01 a file that two move, of whom one is stopped once he looked whether there are two, is one message after a repeat', async () => {
  let twice = 0;
  await eachCrash(
    { ...folderOf(), '/in/a.tsv': 'rows', '/q/done/': '' },
    async (fs) => {
      const { context } = await openActor(fs);
      const link: FileSystem['link'] = async (from, to) => {
        if (to === '/q/a.tsv') {
          await fs.link(from, to);
          await fs.rename(to, CLAIM);
        }
        await fs.link(from, to);
      };
      await move(context, { ...sleepyDisk(context.fs, { call: 0, meanwhile: async () => undefined }), link });
    },
    async (left, fs) => {
      // Who is stopped before he looked, or while he finds it out, has left two: a put that nobody acknowledged may repeat.
      const isTwice = CLAIM in left && Object.keys(left).some((path) => path === '/q/a.tsv' || path.startsWith('/q/a.tsv.twin-'));
      if (isTwice) twice += 1;
      await move((await openActor(fs)).context, fs);
      expect(await all(fs)).toHaveLength(isTwice ? 2 : 1);
    },
    { kinds: ['kill'] },
  );
  expect(twice).toBeGreaterThan(0);
});

it('a newer message of its name is in the folder wherever the mover is stopped, also while he has it', async () => {
  let held = 0;
  await eachCrash(
    { ...folderOf(), '/in/a.tsv': 'rows', '/q/done/': '' },
    async (fs) => {
      const { context } = await openActor(fs);
      const link: FileSystem['link'] = async (from, to) => {
        if (to !== '/q/a.tsv') return fs.link(from, to);
        await fs.link(from, to);
        await fs.rename(to, CLAIM);
        await fs.link(from, to);
        await fs.rename(to, '/q/a.tsv.other-1-2a1.wip');
        await drop(fs, to, 'newer');
      };
      await move(context, { ...sleepyDisk(context.fs, { call: 0, meanwhile: async () => undefined }), link });
    },
    (left) => {
      if (!Object.keys(left).some((path) => path.includes('-1-2a1.wip')) || !Object.values(left).includes('newer')) return;
      const [path = ''] = Object.entries(left).find(([, text]) => text === 'newer') ?? [];
      // Ready, given back, or claimed by nobody who lives: never where stages are swept.
      expect(path).toMatch(/^\/q\/a\.tsv(\.[0-9a-z]+a0\.again|\.twin-[0-9a-z]+-1a1\.wip)?$/);
      if (path.endsWith('.wip')) held += 1;
    },
    { kinds: ['kill'] },
  );
  expect(held).toBeGreaterThan(0);
});

it('a file that got another name elsewhere at that moment is a message all the same', async () => {
  for (let call = 1; ; call += 1) {
    const { fs: memory, context } = await folder();
    const fs = sleepyDisk(memory, { call, meanwhile: () => memory.link('/in/a.tsv', '/in/b.tsv').catch(() => undefined) });
    await move(context, fs);
    expect(await all(memory), `before call ${call}`).toEqual([expect.stringMatching(/^a\.tsv(?:\.[0-9a-z]+a0\.again)?$/)]);
    if (fs.calls.length < call) return;
  }
});

it('a newer message of its name is not taken for the second of it', async () => {
  for (let call = 1; ; call += 1) {
    const { fs: memory, context } = await folder();
    await memory.link('/in/a.tsv', '/in/b.tsv');
    const meanwhile = async (): Promise<void> => {
      if (!memory.exists('/q/a.tsv')) return;
      await memory.rename('/q/a.tsv', CLAIM);
      await memory.link('/in/b.tsv', '/elsewhere.tsv');
      const file = await memory.open('/q/a.tsv', 'append');
      file.close();
    };
    const fs = sleepyDisk(memory, { call, meanwhile });
    await move(context, fs);
    const names = (await messagesIn(memory)).map((name) => name.replace(/\.[0-9a-z]+a0\.again$/, '.again'));
    if (names.length === 2)
      expect([
        ['a.tsv', 'a.tsv.other-1-1a1.wip'],
        ['a.tsv.again', 'a.tsv.other-1-1a1.wip'],
      ]).toContainEqual(names);
    else expect(names).toEqual(['a.tsv']);
    if (fs.calls.length < call) return;
  }
});
