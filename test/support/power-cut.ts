import { CrashingDisk } from './crashing-disk.ts';
import { DiskFile } from './disk-file.ts';
import { addWithNeeds, DiskDirectory, DiskNames } from './disk-names.ts';
import type { DiskNode, NameChange } from './disk-names.ts';
import type { Remains } from './file-remains.ts';
import { randomNumbers, shuffled } from './random.ts';

/** One state that a power cut may leave. */
export interface PowerCut {
  /** In words, what is missing of what the kernel showed; empty if nothing is. */
  readonly lost: readonly string[];
  readonly disk: CrashingDisk;
}

export interface PowerCutOptions {
  /** How many states to give when there are more. @default 64 */
  readonly limit?: number;
  /** Which of them: the same for the same seed. @default 1 */
  readonly seed?: number;
  /** In which steps holes are torn, in bytes. @default [512, 4096] */
  readonly sectors?: readonly number[];
}

const DEFAULTS = { limit: 64, seed: 1, sectors: [512, 4096] } as const satisfies PowerCutOptions;

/** Which changes of names survive, and with them which files there are, each with what may be left of it. */
interface Layout {
  readonly survivors: ReadonlySet<NameChange>;
  readonly files: readonly (readonly Remains[])[];
}

/** For each file of the layout which of its remains. */
interface Choice {
  readonly layout: Layout;
  readonly picks: readonly number[];
}

/**
 * What a power cut may leave of a disk now: all of it if that is at most `limit`, else the extremes and a fixed choice of the
 * rest. Every state is another; the disk itself stays as it is.
 */
export function* powerCuts(disk: CrashingDisk, options: PowerCutOptions = {}): Generator<PowerCut> {
  const { limit, seed, sectors } = { ...DEFAULTS, ...options };
  const remains = new Map<DiskFile, readonly Remains[]>();
  const layout = (survivors: ReadonlySet<NameChange>): Layout => layoutOf(disk, survivors, remains, sectors);
  const all = everySet(disk.names.pending, limit)?.map(layout);
  const choices = all && countChoices(all) <= limit ? everyChoice(all) : someChoices(disk.names.pending, layout, randomNumbers(seed));
  const seen = new Set<string>();
  let tries = 0;
  for (const choice of choices) {
    const cut = cutTo(disk, choice, remains);
    const state = fingerprint(cut.disk);
    if (!seen.has(state)) yield cut;
    seen.add(state);
    tries += 1;
    if (seen.size >= limit || tries >= 8 * limit) return;
  }
}

/** The files of a disk as one string: equal for equal disks. */
export function fingerprint(disk: CrashingDisk): string {
  const parts: string[] = [];
  for (const [path, file] of disk.walk()) parts.push(`${path}\0${Buffer.from(file.content()).toString('latin1')}`);
  return parts.sort().join('\0\0');
}

/** Every set of changes in which none lacks what it needs, all changes first; undefined if they are more than `limit`. */
function everySet(pending: readonly NameChange[], limit: number): ReadonlySet<NameChange>[] | undefined {
  let sets: Set<NameChange>[] = [new Set()];
  for (const change of pending) {
    sets = sets.flatMap((set) => (change.needs.every((need) => set.has(need)) ? [set, new Set(set).add(change)] : [set]));
    if (sets.length > limit) return undefined;
  }
  return sets.reverse();
}

/** All, none, every prefix, each one missing (with what needs it), and each one alone (with what it needs). */
function notableSets(pending: readonly NameChange[]): ReadonlySet<NameChange>[] {
  const sets: Set<NameChange>[] = [new Set(pending), new Set()];
  for (const [index, change] of pending.entries()) {
    sets.push(new Set(pending.slice(0, index)));
    const others = new Set<NameChange>();
    for (const other of pending) if (other !== change && other.needs.every((need) => others.has(need))) others.add(other);
    sets.push(others);
    const alone = new Set<NameChange>();
    addWithNeeds(alone, change);
    sets.push(alone);
  }
  return sets;
}

function randomSet(pending: readonly NameChange[], random: () => number): ReadonlySet<NameChange> {
  const set = new Set<NameChange>();
  const share = random();
  for (const change of pending) if (random() < share && change.needs.every((need) => set.has(need))) set.add(change);
  return set;
}

function layoutOf(
  disk: CrashingDisk,
  survivors: ReadonlySet<NameChange>,
  remains: Map<DiskFile, readonly Remains[]>,
  sectors: readonly number[],
): Layout {
  const files = new Set<DiskFile>();
  const entriesOf = disk.names.surviving(survivors);
  const look = (directory: DiskDirectory): void => {
    for (const node of entriesOf(directory).values()) {
      if (node instanceof DiskFile) files.add(node);
      else look(node);
    }
  };
  look(disk.names.root);
  for (const file of files) if (!remains.has(file)) remains.set(file, file.remains(sectors));
  return { survivors, files: [...files].map((file) => remains.get(file) ?? []) };
}

function countChoices(layouts: readonly Layout[]): number {
  return layouts.reduce((sum, { files }) => sum + files.reduce((product, { length }) => product * length, 1), 0);
}

function* everyChoice(layouts: readonly Layout[]): Generator<Choice> {
  for (const layout of layouts) {
    const picks = layout.files.map(() => 0);
    for (let more = true; more; more = countUp(picks, layout)) yield { layout, picks: [...picks] };
  }
}

/** The next combination, as an odometer; false after the last. */
function countUp(picks: number[], { files }: Layout): boolean {
  for (const [index, { length }] of files.entries()) {
    const next = (picks[index] ?? 0) + 1;
    picks[index] = next < length ? next : 0;
    if (next < length) return true;
  }
  return false;
}

/** First what loses nothing, then the other extremes, then in any order all that differs from one of them in a single thing, then anything. */
function* someChoices(
  pending: readonly NameChange[],
  layoutWith: (survivors: ReadonlySet<NameChange>) => Layout,
  random: () => number,
): Generator<Choice> {
  const same = (layout: Layout, pick: number): Choice => ({ layout, picks: layout.files.map(({ length }) => Math.min(pick, length - 1)) });
  const layouts = notableSets(pending).map(layoutWith);
  const [all, none] = layouts;
  const extremes = [all, none].flatMap((layout) => (layout ? [0, 1, 2].map((pick) => same(layout, pick)) : []));
  yield* extremes.slice(0, 1);
  yield* shuffled(extremes.slice(1), random);
  const near: Choice[] = layouts.flatMap((layout) => [same(layout, 0), same(layout, 1)]);
  for (const base of all ? [same(all, 0), same(all, 1)] : []) {
    for (const [index, { length }] of base.layout.files.entries()) {
      for (let pick = 0; pick < length; pick += 1) near.push({ layout: base.layout, picks: base.picks.with(index, pick) });
    }
  }
  yield* shuffled(near, random);
  for (;;) {
    const layout = layoutWith(randomSet(pending, random));
    yield { layout, picks: layout.files.map(({ length }) => Math.floor(random() * length)) };
  }
}

function cutTo(disk: CrashingDisk, { layout, picks }: Choice, remains: ReadonlyMap<DiskFile, readonly Remains[]>): PowerCut {
  const chosen = new Map<readonly Remains[], Remains | undefined>(layout.files.map((all, index) => [all, all[picks[index] ?? 0]]));
  const lost = disk.names.pending.filter((change) => !layout.survivors.has(change)).map(({ text }) => text);
  const entriesOf = disk.names.surviving(layout.survivors);
  const copies = new Map<DiskNode, DiskNode>();
  const inodes = new Set<bigint>();
  const own = (inode: bigint): bigint => {
    let free = inode;
    while (inodes.has(free)) free += 1_000_000n;
    inodes.add(free);
    return free;
  };
  const copyFile = (file: DiskFile, path: string): DiskFile => {
    const left = chosen.get(remains.get(file) ?? []);
    if (left?.lost !== undefined) lost.push(`${path}: ${left.lost}`);
    return Object.assign(new DiskFile(own(file.inode), left?.bytes()), { modifiedMs: file.modifiedMs });
  };
  const copy = (directory: DiskDirectory, path: string): DiskDirectory => {
    const made = Object.assign(new DiskDirectory(own(directory.inode)), { modifiedMs: directory.modifiedMs });
    for (const [name, node] of entriesOf(directory)) {
      const at = `${path}/${name}`;
      const twin = node instanceof DiskDirectory ? copy(node, at) : (copies.get(node) ?? copyFile(node, at));
      copies.set(node, twin);
      if (twin instanceof DiskFile) twin.links += 1;
      made.entries.set(name, twin);
      made.durable.set(name, twin);
    }
    return made;
  };
  return { lost, disk: CrashingDisk.of(new DiskNames(copy(disk.names.root, ''))) };
}
