import type { EntryKind, FileStat, FileSystem, OpenFile } from '../../src/fs/file-system.ts';
import type { Actor, Answer } from './explored-actor.ts';
import { type ExploredDisk, refusal } from './explored-disk.ts';

export interface PortOptions {
  /** A listing takes two calls. What comes or goes in between is listed or not. */
  readonly torn: boolean;
  readonly isLocal: boolean;
}

/** A call that changes something. */
interface Change<T> {
  readonly syscall: string;
  readonly path: string;
  readonly to?: string;
  readonly act: () => T;
  /** What may be answered though it was done: made again underneath, it finds what it did itself. */
  readonly lies?: readonly string[];
  /** Whether it would be done now. */
  readonly would?: () => boolean;
}

/** The disk as one actor sees it: each call waits until it is chosen, and may be answered by a lie. */
export function exploredPort(disk: ExploredDisk, actor: Actor, { torn, isLocal }: PortOptions): FileSystem {
  let made = 0;
  const create = (path: string): OpenFile => disk.create(path, BigInt(actor.number * 100_000 + (made += 1)));
  const list = torn ? tornList : wholeList;

  return {
    // One that is there is no step: no model makes one that goes meanwhile.
    async mkdir(path) {
      if (!disk.isDirectory(path)) await change(actor, { syscall: 'mkdir', path, act: () => disk.mkdir(path) });
    },
    readdir: (path) => list(disk, actor, path),
    async scan(path, visit) {
      for (const name of await list(disk, actor, path)) await visit(name, kindOf(disk, `${path}/${name}`));
    },
    isLocal: async () => isLocal,
    lstat: (path) => actor.ask(`lstat ${path}`, () => [{ label: `lstat ${path}`, act: () => disk.lstat(path) }], { show: showStat }),
    exists(path) {
      const is = disk.exists(path);
      actor.note(`exists ${path}`, String(is));
      return is;
    },
    link(path, to) {
      const would = (): boolean => disk.exists(path) && !disk.exists(to);
      return change(actor, { syscall: 'link', path, to, act: () => disk.link(path, to), lies: ['EEXIST', 'ENOENT'], would });
    },
    rename(path, to) {
      const would = (): boolean => disk.exists(path);
      return change(actor, { syscall: 'rename', path, to, act: () => disk.rename(path, to), lies: ['ENOENT'], would });
    },
    unlink(path) {
      const would = (): boolean => disk.exists(path);
      return change(actor, { syscall: 'unlink', path, act: () => disk.unlink(path), lies: ['ENOENT'], would });
    },
    rmdir(path) {
      const would = (): boolean => disk.isEmptyDirectory(path);
      return change(actor, { syscall: 'rmdir', path, act: () => disk.rmdir(path), lies: ['ENOENT'], would });
    },
    // A power cut is no part of what is explored.
    syncDirectory: async () => undefined,
    open(path, mode) {
      if (mode === 'read') return readOne(disk, actor, path);
      if (mode === 'update') return change(actor, { syscall: 'open', path, act: () => disk.open(path) });
      const would = (): boolean => !disk.exists(path);
      return change(actor, { syscall: 'create', path, act: () => create(path), lies: ['EEXIST'], would });
    },
  };
}

function change<T>(actor: Actor, { syscall, path, to, act, lies = [], would = () => true }: Change<T>): Promise<T> {
  const text = to === undefined ? `${syscall} ${path}` : `${syscall} ${path} → ${to}`;
  const lying = (code: string) => (): never => {
    act();
    throw refusal(code);
  };
  const told = lies.map((code): Answer<T> => ({ label: `${text}, is done, and is told ${code}`, costs: 'lie', act: lying(code) }));
  return actor.ask(text, () => [{ label: text, act }, ...(would() ? told : [])]);
}

/** What is read from it is known by what it holds when it is opened: it is read at once. */
function readOne(disk: ExploredDisk, actor: Actor, path: string): Promise<OpenFile> {
  const text = `read ${path}`;
  return actor.ask(text, () => [{ label: text, act: () => disk.open(path) }], { show: () => disk.files()[path] ?? '' });
}

function wholeList(disk: ExploredDisk, actor: Actor, path: string): Promise<string[]> {
  const text = `list ${path}`;
  return actor.ask(text, () => [{ label: text, act: () => inOrder(actor, disk.list(path)) }], { show: String });
}

async function tornList(disk: ExploredDisk, actor: Actor, path: string): Promise<string[]> {
  const watch = await actor.ask(`list ${path}`, () => [{ label: `begins to list ${path}`, act: () => disk.watch(path) }]);
  const answers = (): Answer<string[]>[] => {
    const sure = disk.list(path).filter((name) => !watch.touched.has(name));
    return subsetsOf(inOrder(actor, [...watch.touched])).map((some) => ({
      label: `lists ${path}${watch.touched.size > 0 ? `, of ${[...watch.touched].join(', ')} finds ${some.join(', ') || 'none'}` : ''}`,
      act: () => {
        watch.end();
        return inOrder(actor, [...sure, ...some]);
      },
    }));
  };
  return actor.ask(`list ${path} to its end`, answers, {
    show: String,
    key: () =>
      `[${inOrder(actor, [...watch.touched])
        .map(actor.canon)
        .join()}]`,
  });
}

/** The same order whatever was random in the names. */
function inOrder({ canon }: Actor, names: readonly string[]): string[] {
  const keyed = names.map((name) => ({ name, key: canon(name) }));
  return keyed.toSorted((one, other) => (one.key < other.key ? -1 : 1)).map(({ name }) => name);
}

function subsetsOf<T>(all: readonly T[]): T[][] {
  const [first, ...rest] = all;
  if (first === undefined) return [[]];
  const others = subsetsOf(rest);
  return [...others.map((some) => [first, ...some]), ...others];
}

function kindOf(disk: ExploredDisk, path: string): EntryKind {
  return disk.isDirectory(path) ? 'directory' : 'file';
}

function showStat(stat: FileStat | undefined): string {
  return stat === undefined ? 'nothing' : `${stat.inode}, ${stat.links} links, ${stat.size} B, ${stat.modifiedMs}`;
}
