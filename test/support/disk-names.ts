import { DiskFile } from './disk-file.ts';

export type DiskNode = DiskFile | DiskDirectory;

/** The names in a directory twice: as the kernel shows them, and as they surely are on the platter. */
export class DiskDirectory {
  readonly inode: bigint;
  modifiedMs = 0;
  entries = new Map<string, DiskNode>();
  durable = new Map<string, DiskNode>();

  constructor(inode: bigint) {
    this.inode = inode;
  }
}

/** From now on this name in this directory stands for the node, or for nothing. */
export interface NameStep {
  readonly directory: DiskDirectory;
  readonly name: string;
  readonly node: DiskNode | undefined;
}

/** One create, link, rename or unlink: it survives a power cut whole or not at all. */
export interface NameChange {
  /** In words, as `rename /a → /b`. */
  readonly text: string;
  readonly steps: readonly NameStep[];
  /** Earlier changes of the same names, without which this one can't be there. */
  readonly needs: readonly NameChange[];
  /** Directories that must be synced before it is sure. */
  readonly unsynced: Set<DiskDirectory>;
}

/** All names of a disk, and which changes of them a power cut may still undo. */
export class DiskNames {
  root: DiskDirectory;
  pending: NameChange[] = [];

  constructor(root: DiskDirectory) {
    this.root = root;
  }

  change(text: string, steps: readonly NameStep[]): void {
    const needs = this.pending.filter((earlier) => earlier.steps.some((one) => steps.some((other) => isSameName(one, other))));
    this.pending.push({ text, steps, needs, unsynced: new Set(steps.map((step) => step.directory)) });
    for (const step of steps) {
      const before = step.directory.entries.get(step.name);
      if (before instanceof DiskFile) before.links -= 1;
      if (step.node instanceof DiskFile) step.node.links += 1;
      setEntry(step.directory.entries, step);
    }
  }

  /** What was changed in the directory by now is sure once the result is called. */
  beginSync(directory: DiskDirectory): () => void {
    const covered = this.pending.filter((change) => change.unsynced.has(directory));
    return () => {
      const sure = new Set<NameChange>();
      for (const change of covered) {
        change.unsynced.delete(directory);
        if (change.unsynced.size === 0) addWithNeeds(sure, change);
      }
      for (const change of this.pending) if (sure.has(change)) for (const step of change.steps) setEntry(step.directory.durable, step);
      this.pending = this.pending.filter((change) => !sure.has(change));
    };
  }

  /** The names after a power cut that these changes survived, for each directory there may be. */
  surviving(survivors: ReadonlySet<NameChange>): (directory: DiskDirectory) => ReadonlyMap<string, DiskNode> {
    const touched = new Map<DiskDirectory, Map<string, DiskNode>>();
    for (const change of this.pending) {
      if (!survivors.has(change)) continue;
      for (const step of change.steps) {
        const entries = touched.get(step.directory) ?? new Map(step.directory.durable);
        touched.set(step.directory, entries);
        setEntry(entries, step);
      }
    }
    return (directory) => touched.get(directory) ?? directory.durable;
  }

  clone(): DiskNames {
    const copies = new Map<DiskNode, DiskNode>();
    const root = copyDirectory(this.root, copies);
    const names = new DiskNames(root);
    const changes = new Map<NameChange, NameChange>();
    for (const change of this.pending) {
      const copy: NameChange = {
        text: change.text,
        steps: change.steps.map((step) => ({
          directory: copyDirectory(step.directory, copies),
          name: step.name,
          node: step.node && copyNode(step.node, copies),
        })),
        needs: change.needs.flatMap((need) => changes.get(need) ?? []),
        unsynced: new Set([...change.unsynced].map((directory) => copyDirectory(directory, copies))),
      };
      changes.set(change, copy);
      names.pending.push(copy);
    }
    return names;
  }
}

/** A change with all it needs, at any remove. */
export function addWithNeeds(changes: Set<NameChange>, change: NameChange): void {
  if (changes.has(change)) return;
  changes.add(change);
  for (const need of change.needs) addWithNeeds(changes, need);
}

function isSameName(one: NameStep, other: NameStep): boolean {
  return one.directory === other.directory && one.name === other.name;
}

function setEntry(entries: Map<string, DiskNode>, { name, node }: NameStep): void {
  if (node) entries.set(name, node);
  else entries.delete(name);
}

function copyNode(node: DiskNode, copies: Map<DiskNode, DiskNode>): DiskNode {
  if (node instanceof DiskDirectory) return copyDirectory(node, copies);
  const copy = copies.get(node) ?? node.clone();
  copies.set(node, copy);
  return copy;
}

function copyDirectory(directory: DiskDirectory, copies: Map<DiskNode, DiskNode>): DiskDirectory {
  const known = copies.get(directory);
  if (known instanceof DiskDirectory) return known;
  const copy = new DiskDirectory(directory.inode);
  copies.set(directory, copy);
  copy.modifiedMs = directory.modifiedMs;
  for (const [name, node] of directory.entries) copy.entries.set(name, copyNode(node, copies));
  for (const [name, node] of directory.durable) copy.durable.set(name, copyNode(node, copies));
  return copy;
}
