import { isErrno, errnoName } from '../fs/errno.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { makeFile } from './small-files.ts';

/** What one racer is to do: take every file, by renaming it to an own name or by linking its own file to that name. */
export interface RaceOrder {
  readonly kind: 'rename' | 'link';
  readonly directory: string;
  readonly files: number;
  /** Its name in this race; no dots are in it. */
  readonly racer: string;
  /** When to begin, by the machine's clock, so that all begin at once. */
  readonly startAt: number;
}

/** What it got, by its own account. */
export interface RaceTake {
  readonly racer: string;
  /** The numbers of the files it won. */
  readonly won: readonly number[];
  /** Of those, the ones of which the system had said that they were lost. */
  readonly lied: readonly number[];
  /** Refusals that are no way to lose a race, by their names, one for each. */
  readonly odd: readonly string[];
}

/** Processes that race. */
export interface Racers {
  readonly names: readonly string[];
  /** Every racer runs the same race, at the same time. */
  race(course: Pick<RaceOrder, 'kind' | 'directory' | 'files'>): Promise<readonly RaceTake[]>;
  close(): Promise<void>;
}

/** More names of one file than some file systems allow would be refused for that alone. */
const LINKS_PER_SOURCE = 200;

/** So many files are raced for from one start. */
const FILES_PER_HEAT = 20;

/**
 * Runs the race: all in the order of numbers, and in heats, which `start` begins. A racer that won nothing of a heat is
 * behind, and goes on at once: so it meets the others again.
 */
export async function runRace(fs: FileSystem, order: RaceOrder, start: (heat: number) => void): Promise<RaceTake> {
  const [won, lied, odd]: [number[], number[], string[]] = [[], [], []];
  const attempt = order.kind === 'rename' ? renameOne : linkOne;
  let wonBefore = -1;
  for (let index = 0; index < order.files; index += 1) {
    if (index % FILES_PER_HEAT === 0) {
      if (won.length > wonBefore) start(index / FILES_PER_HEAT);
      wonBefore = won.length;
    }
    try {
      const outcome = await attempt(fs, order, index);
      if (outcome !== 'lost') won.push(index);
      if (outcome === 'lied') lied.push(index);
    } catch (error) {
      odd.push(errnoName(error));
    }
  }
  return { racer: order.racer, won, lied, odd };
}

/** `lied`: it was ours, and the system said otherwise, as a network does when a reply is lost. */
type Outcome = 'won' | 'lost' | 'lied';

async function renameOne(fs: FileSystem, { directory, racer }: RaceOrder, index: number): Promise<Outcome> {
  const own = takenPath(directory, index, racer);
  try {
    await fs.rename(preyPath(directory, index), own);
    return 'won';
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    return (await fs.lstat(own)) === undefined ? 'lost' : 'lied';
  }
}

async function linkOne(fs: FileSystem, { directory, racer }: RaceOrder, index: number): Promise<Outcome> {
  const source = `${directory}/source-${Math.floor(index / LINKS_PER_SOURCE)}.${racer}`;
  if (index % LINKS_PER_SOURCE === 0) await makeFile(fs, source, racer);
  const prize = prizePath(directory, index);
  try {
    await fs.link(source, prize);
    return 'won';
  } catch (error) {
    if (!isErrno(error, 'EEXIST', 'ENOENT')) throw error;
    const [ours, there] = [await fs.lstat(source), await fs.lstat(prize)];
    return ours !== undefined && there?.inode === ours.inode ? 'lied' : 'lost';
  }
}

/** A file that all want. */
export function preyPath(directory: string, index: number): string {
  return `${directory}/${index}.prey`;
}

function takenPath(directory: string, index: number, racer: string): string {
  return `${directory}/${index}.prey.${racer}`;
}

/** The name that each racer wants for its own file. */
export function prizePath(directory: string, index: number): string {
  return `${directory}/${index}.prize`;
}

/** Which file a name in the directory of a race is, and who has it: null if nobody took it yet, or for any other name. */
export function parseTaken(name: string): { readonly index: number; readonly racer: string | null } | null {
  const [, index, racer] = /^(\d+)\.prey(?:\.([^.]+))?$/.exec(name) ?? [];
  return index === undefined ? null : { index: Number(index), racer: racer ?? null };
}
