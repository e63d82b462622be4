import type { Glance, SeenFile } from './folder-glance.ts';

/**
 * Something that happened to a message.
 * - `put`: it came  - `claimed`  - `released`: given back, uncounted  - `returned`: given back or taken back, its attempt
 *   counted  - `done`  - `failed`: given up  - `retried`: put back to work after that  - `gone`: it is nowhere any more
 */
export interface Happening {
  readonly event: 'put' | 'claimed' | 'released' | 'returned' | 'done' | 'failed' | 'retried' | 'gone';
  readonly name: string;
  /** The file that tells of it; of what is gone where it was. */
  readonly path: string;
  readonly consumer?: string | undefined;
  readonly attempt?: number | undefined;
}

export interface FollowOptions {
  /** What is finished is removed: a claim that goes is done. */
  readonly removesDone: boolean;
}

/** The files of one name that went and came between two looks. */
interface Change {
  /** Where a message may have been before; those that went first. */
  readonly sources: SeenFile[];
  readonly came: SeenFile[];
}

/**
 * Tells what happened between looks, as far as their differences tell: message by message, in the order in which it can
 * have been. What was put and claimed and finished in between was put too; by whom it was claimed nobody knows.
 *
 * A look is no moment: a file that is renamed meanwhile is seen under both of its names, or under none. So what went is
 * waited for until the next look, and what is still there where it came from is taken for gone.
 */
export class Follower {
  readonly #options: FollowOptions;
  #before: Glance;
  /** They went, and nothing came of them so far, by path. */
  #missing = new Map<string, SeenFile>();
  /** Still to be seen, though they have become another file, by path. */
  readonly #left = new Set<string>();

  constructor(first: Glance, options: FollowOptions) {
    this.#before = first;
    this.#options = options;
  }

  next(after: Glance): Happening[] {
    const before = this.#before.files;
    const changes = new Map<string, Change>();
    for (const file of after.files.values())
      if (!before.has(file.path) && !this.#missing.delete(file.path)) changeOf(changes, file.name).came.push(file);
    const went = [...before.values()].filter(({ path }) => !after.files.has(path));
    // What went without a trace before has had its time.
    const overdue = [...this.#missing.values()];
    this.#missing = new Map();
    for (const file of [...went, ...overdue]) if (!this.#left.delete(file.path)) changeOf(changes, file.name).sources.push(file);
    const happenings = [...changes.values()].flatMap((change) => this.#follow(change, after));
    for (const { sources } of changes.values()) happenings.push(...this.#afterAll(sources, overdue));
    this.#before = after;
    return happenings;
  }

  /** Pairs what came with what it was: of each pair one file became the other. */
  #follow({ sources, came }: Change, after: Glance): Happening[] {
    const happenings: Happening[] = [];
    for (const file of came.toSorted((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state))) {
      if (file.state === 'put') {
        happenings.push({ event: 'put', ...about(file) });
        continue;
      }
      const at = bestSource(sources, file);
      const [source] = at < 0 ? [this.#stillThere(file, after)] : sources.splice(at, 1);
      happenings.push(...stepsBetween(source, file));
    }
    return happenings;
  }

  /** A file of that name which was there before and is yet: it goes with the next look. */
  #stillThere({ name }: SeenFile, after: Glance): SeenFile | undefined {
    for (const file of this.#before.files.values()) {
      const isIt = file.name === name && isAtWork(file) && after.files.has(file.path) && !this.#left.has(file.path);
      if (!isIt) continue;
      this.#left.add(file.path);
      return file;
    }
    return undefined;
  }

  #afterAll(sources: readonly SeenFile[], overdue: readonly SeenFile[]): Happening[] {
    const happenings: Happening[] = [];
    for (const file of sources.filter(isAtWork)) {
      if (!overdue.includes(file)) this.#missing.set(file.path, file);
      else happenings.push({ event: this.#options.removesDone && file.state === 'claimed' ? 'done' : 'gone', ...about(file) });
    }
    return happenings;
  }
}

/** What ended is told before what came under the same name since. */
const ORDER: readonly SeenFile['state'][] = ['done', 'failed', 'again', 'claimed', 'put'];

function isAtWork({ state }: SeenFile): boolean {
  return state !== 'done' && state !== 'failed';
}

function changeOf(changes: Map<string, Change>, name: string): Change {
  const change = changes.get(name) ?? { sources: [], came: [] };
  changes.set(name, change);
  return change;
}

/** The same claim in another state is surely it; else a claim ends and what was ready is claimed; what was given up comes last. */
function bestSource(sources: readonly SeenFile[], file: SeenFile): number {
  const same = sources.findIndex((source) => isSameClaim(source, file));
  if (same >= 0) return same;
  const wanted = file.state === 'claimed' ? ['put', 'again', 'claimed', 'failed'] : ['claimed', 'put', 'again', 'failed'];
  return wanted.map((state) => sources.findIndex((source) => source.state === state)).find((at) => at >= 0) ?? -1;
}

function stepsBetween(source: SeenFile | undefined, file: SeenFile): Happening[] {
  const { name, path } = file;
  // A group that is being finished.
  if (source !== undefined && isSameClaim(source, file)) return [];
  const retried: Happening[] = source?.state === 'failed' ? [{ event: 'retried', name, path }] : [];
  if (file.state === 'again' && retried.length > 0) return retried;
  const put: Happening[] = source === undefined ? [{ event: 'put', name, path }] : [];
  if (source?.state !== 'claimed') {
    return [...retried, ...put, { event: file.state === 'again' ? 'returned' : file.state, ...about(file) }];
  }
  // Who had it is told by the file that it was.
  const { consumer, attempt = 1 } = source;
  const counted = file.state === 'claimed' ? (file.attempt ?? 1) - 1 : (file.attempt ?? 0);
  const ended: Happening = { event: counted < attempt ? 'released' : 'returned', ...about({ name, path, consumer, attempt }) };
  if (file.state === 'again') return [ended];
  return file.state === 'claimed' ? [ended, { event: 'claimed', ...about(file) }] : [{ ...ended, event: file.state }];
}

function about({ name, path, consumer, attempt }: Omit<Happening, 'event'>): Omit<Happening, 'event'> {
  return { name, path, ...(consumer !== undefined && { consumer }), ...(attempt !== undefined && { attempt }) };
}

function isSameClaim(one: SeenFile, other: SeenFile): boolean {
  return one.consumer !== undefined && one.consumer === other.consumer && one.claim === other.claim;
}
