import { errnoError } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { withCalls } from '../../src/fs/with-calls.ts';
import { inFolder, said } from './folder-ground.ts';
import type { FolderLife, FolderUse } from './folder-life.ts';
import { DAYS } from './grouped-ground.ts';
import { withLink } from './with-link.ts';

type Live = (life: FolderLife) => Promise<unknown>;

/** What one process does with a folder, what the one does that finds it killed, and how the third begins. */
export interface FolderLives extends FolderUse {
  /** What is ready at the beginning, and where others are moved from. */
  readonly ready: readonly string[];
  readonly sources?: readonly string[];
  readonly isClosed: boolean;
  readonly first: Live;
  readonly second: Live;
  /** @default works off the rest */
  readonly third?: Live;
}

/** The files of a folder before anybody came; each holds its own name. */
export function filesOf({ ready, sources = [], isClosed }: FolderLives): Record<string, string> {
  const named = (names: readonly string[], at: string): Record<string, string> =>
    inFolder(Object.fromEntries(names.map((name) => [name, name])), at);
  const empty = { '/q/': '', '/in/': '', '/far/done/': '', '/far/failed/': '' };
  return { ...empty, ...named(ready, '/q'), ...named(sources, '/in'), ...(isClosed ? inFolder(said(1, 'helo', 'done')) : {}) };
}

const isFar = (path: string): boolean => path.startsWith('/far/');

/** `/far` is another device. */
function farAway(fs: FileSystem): FileSystem {
  const between = (syscall: 'link' | 'rename') => async (from: string, to: string) => {
    if (isFar(from) !== isFar(to)) throw errnoError('EXDEV', syscall, from);
    return fs[syscall](from, to);
  };
  return withCalls(fs, { link: between('link'), rename: between('rename') });
}

/** Sources are on another device. */
const fromElsewhere = (fs: FileSystem): FileSystem => withLink(fs, (from) => (from.startsWith('/in/') ? 'EXDEV' : undefined));

const FILES = { ready: ['a.tsv', 'b.tsv', 'c.tsv'], isClosed: true } as const;
const GROUPS = {
  ready: ['mon', 'tue'].flatMap((group) => DAYS.members.map((member) => `${group}_${member}.tsv`)),
  isClosed: true,
  isGrouped: true,
} as const;
const OFTEN = { maxAttempts: 9 } as const;

const workOff: Live = async (life) => {
  await life.workOff();
  await life.leave();
};

/** Every way in which something can end, or come back. */
const settleAll: Live = async (life) => {
  await life.done(await life.take());
  await life.giveUp(await life.take());
  await (await life.take())?.fail(new Error('not today'));
  await (await life.take())?.release();
  await life.leave();
};

const giveUpAll: Live = async (life) => {
  await life.workOff((item) => life.giveUp(item));
  await life.leave();
};

/** What is given up comes back, and is done. */
const retryAll: Live = async (life) => {
  await life.retry();
  await life.workOff();
  await life.leave();
};

/** A group that was given up in part comes to its end before it comes back. */
const workOffAndRetryAll: Live = async (life) => {
  await life.workOff();
  await retryAll(life);
};

const resetAndWorkOff: Live = async (life) => {
  await (await life.reader()).releaseClaims();
  await life.workOff();
  await life.leave();
};

const fill: Live = async (life) => {
  await life.putText('a.tsv');
  await life.move('b.tsv');
  await life.close();
};

const fillAndWorkOff: Live = async (life) => {
  await fill(life);
  await life.workOff();
  await life.leave();
};

/** What is there is done before the same is moved once more. */
const workOffAndFill: Live = async (life) => {
  await life.writer();
  for (let item = await life.take(); item !== undefined; item = await life.take()) await life.done(item);
  await life.move('b.tsv');
  await life.close();
  await life.leave();
};

const moveAndWorkOff: Live = async (life) => {
  await life.move('b.tsv');
  await life.close();
  await life.workOff();
};

export const FOLDER_LIVES: Readonly<Record<'written' | 'read' | 'grouped', Readonly<Record<string, FolderLives>>>> = {
  written: {
    'puts that are put again': { ready: [], sources: ['b.tsv'], isClosed: false, first: fill, second: fill, third: fillAndWorkOff },
    'puts that are put again, and worked off': {
      ready: [],
      sources: ['b.tsv'],
      isClosed: false,
      first: fill,
      second: fillAndWorkOff,
      third: moveAndWorkOff,
    },
    'a move that is repeated after its message was done': {
      ready: [],
      sources: ['b.tsv'],
      isClosed: false,
      first: async (life) => life.move('b.tsv'),
      second: workOffAndFill,
      third: moveAndWorkOff,
    },
    'a move from another device': {
      ready: [],
      sources: ['b.tsv'],
      isClosed: false,
      way: fromElsewhere,
      first: async (life) => life.move('b.tsv'),
      second: workOffAndFill,
      third: moveAndWorkOff,
    },
  },
  read: {
    'every end, and work that goes on': { ...FILES, options: OFTEN, first: settleAll, second: workOff },
    'what is removed when it is done': { ...FILES, options: { ...OFTEN, doneDir: null }, first: settleAll, second: workOff },
    'what is given up, and goes on being given up': { ...FILES, options: OFTEN, first: giveUpAll, second: giveUpAll },
    'what is given up, and comes back': { ...FILES, options: OFTEN, first: settleAll, second: retryAll, third: retryAll },
    'a retry that is made again': {
      ...FILES,
      options: OFTEN,
      first: async (life) => {
        await life.giveUp(await life.take());
        await life.retry();
        await life.take();
      },
      second: retryAll,
    },
    'claims that are released, and work that goes on': { ...FILES, options: OFTEN, first: settleAll, second: resetAndWorkOff },
    'all that is left marked as done, and marked again': {
      ...FILES,
      options: OFTEN,
      first: settleAll,
      second: async (life) => {
        await life.markAllDone();
        await life.leave();
      },
    },
    'what is kept on another device': {
      ...FILES,
      options: { ...OFTEN, doneDir: '/far/done', failedDir: '/far/failed' },
      way: farAway,
      first: settleAll,
      second: retryAll,
      // Who was killed while it came back left it in both places until the next retry.
      third: retryAll,
    },
  },
  grouped: {
    'every end, and work that goes on': { ...GROUPS, options: OFTEN, first: settleAll, second: workOff },
    'what is removed when it is done': { ...GROUPS, options: { ...OFTEN, doneDir: null }, first: settleAll, second: workOff },
    'what is given up, and goes on being given up': { ...GROUPS, options: OFTEN, first: giveUpAll, second: giveUpAll },
    'what is given up, and comes back': {
      ...GROUPS,
      options: OFTEN,
      first: settleAll,
      second: workOffAndRetryAll,
      third: workOffAndRetryAll,
    },
    'claims that are released, and work that goes on': { ...GROUPS, options: OFTEN, first: settleAll, second: resetAndWorkOff },
  },
};
