import { posix } from 'node:path';
import { errnoError } from '../../src/fs/errno.ts';
import { DiskFile } from './disk-file.ts';
import { DiskDirectory, DiskNames } from './disk-names.ts';
import type { DiskNode } from './disk-names.ts';
import { DiskAccess } from './disk-access.ts';
import { FaultyDisk } from './faulty-disk.ts';
import type { FaultPlan } from './fault-plan.ts';

/** Files by absolute path; a path that ends with a slash is an empty directory. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Where a path leads. */
export interface Place {
  readonly directory: DiskDirectory;
  readonly name: string;
  readonly node: DiskNode | undefined;
}

/**
 * A disk that forgets: a write is safe once the file was synced, a name once its directory was. Any number of processes
 * use it at once and die one by one; `powerCuts` gives what a power cut may leave of it. What it begins with is safe.
 */
export class CrashingDisk {
  readonly names: DiskNames;
  #lastInode: bigint;
  #freeInodes: bigint[] = [];
  #now = Date.UTC(2020, 0, 1);

  constructor(files: Files = {}) {
    this.names = new DiskNames(new DiskDirectory(1n));
    this.#lastInode = 1n;
    for (const [path, content] of Object.entries(files)) this.#add(path, content);
  }

  /** The disk as one process sees it, which dies where the plan says, or by `kill`. */
  process(plan: FaultPlan = {}): FaultyDisk {
    const access = new DiskAccess(this);
    return new FaultyDisk(access, plan, () => access.die());
  }

  /** Every file as the kernel shows it, as text, in the order of their paths. */
  files(): Record<string, string> {
    const files: [string, string][] = [];
    for (const [path, file] of this.walk()) files.push([path, Buffer.from(file.content()).toString()]);
    return Object.fromEntries(files.sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** Every file as the kernel shows it. */
  *walk(directory: DiskDirectory = this.names.root, above = ''): Generator<[path: string, file: DiskFile]> {
    for (const [name, node] of directory.entries) {
      if (node instanceof DiskFile) yield [`${above}/${name}`, node];
      else yield* this.walk(node, `${above}/${name}`);
    }
  }

  /** Another disk with all that is on this one, and as unsafe; no process comes along. */
  clone(): CrashingDisk {
    return CrashingDisk.of(this.names.clone());
  }

  /** A disk with these names. A number that stands for two files, one of them removed since, is given to one alone. */
  static of(names: DiskNames): CrashingDisk {
    const disk = new CrashingDisk();
    disk.names.root = names.root;
    disk.names.pending = names.pending;
    disk.#lastInode = highestInode(names);
    return disk;
  }

  place(path: string, syscall: string): Place {
    const { above, name } = cutPath(path);
    if (name.length > 85 && Buffer.byteLength(name) > 255) throw errnoError('ENAMETOOLONG', syscall, path);
    let directory = this.names.root;
    for (const part of above) {
      const next = directory.entries.get(part);
      if (next === undefined) throw errnoError('ENOENT', syscall, path);
      if (!(next instanceof DiskDirectory)) throw errnoError('ENOTDIR', syscall, path);
      directory = next;
    }
    return { directory, name, node: name === '' ? directory : directory.entries.get(name) };
  }

  newDirectory(): DiskDirectory {
    return Object.assign(new DiskDirectory(this.#nextInode()), { modifiedMs: this.tick() });
  }

  newFile(): DiskFile {
    return Object.assign(new DiskFile(this.#nextInode()), { modifiedMs: this.tick() });
  }

  /** The number of a file that is gone is the next one given, as on ext4. */
  free(file: DiskFile): void {
    if (file.links === 0 && file.handles === 0) this.#freeInodes.push(file.inode);
  }

  /** The disk's clock: later with every look. */
  tick(): number {
    this.#now += 1;
    return this.#now;
  }

  #nextInode(): bigint {
    const free = this.#freeInodes.pop();
    if (free !== undefined) return free;
    this.#lastInode += 1n;
    return this.#lastInode;
  }

  #add(path: string, content: string | Uint8Array): void {
    let directory = this.names.root;
    const isDirectory = path.endsWith('/');
    const { above, name } = cutPath(isDirectory ? `${path}.` : path);
    for (const part of isDirectory ? [...above, name] : above) {
      const known = directory.entries.get(part);
      const next = known instanceof DiskDirectory ? known : this.newDirectory();
      directory.entries.set(part, next);
      directory.durable.set(part, next);
      directory = next;
    }
    if (isDirectory) return;
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const file = Object.assign(new DiskFile(this.#nextInode(), bytes), { links: 1, modifiedMs: this.tick() });
    directory.entries.set(name, file);
    directory.durable.set(name, file);
  }
}

/** The same few paths come by millions of times. */
const CUT_PATHS = new Map<string, { readonly above: readonly string[]; readonly name: string }>();

function cutPath(path: string): { readonly above: readonly string[]; readonly name: string } {
  const known = CUT_PATHS.get(path);
  if (known) return known;
  const above = posix.resolve('/', path).split('/').slice(1);
  const cut = { name: above.pop() ?? '', above };
  if (CUT_PATHS.size >= 10_000) CUT_PATHS.clear();
  CUT_PATHS.set(path, cut);
  return cut;
}

function highestInode(names: DiskNames): bigint {
  let highest = 1n;
  const seen = new Set<DiskNode>();
  const look = (node: DiskNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.inode > highest) highest = node.inode;
    if (node instanceof DiskDirectory) for (const inner of [...node.entries.values(), ...node.durable.values()]) look(inner);
  };
  look(names.root);
  for (const change of names.pending) for (const step of change.steps) if (step.node) look(step.node);
  return highest;
}
