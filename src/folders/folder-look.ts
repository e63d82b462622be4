import { type ClaimName, parseClaimName, parseReadyName } from '../formats/claim-name.ts';
import { parseControlName } from '../formats/control-file.ts';
import { whyUnusable } from '../formats/message-name.ts';
import type { EntryKind, FileSystem } from '../fs/file-system.ts';
import { FirstOf } from '../machines/first-of.ts';
import type { StrangeFiles } from './strange-files.ts';

/** A file that may be claimed. */
export interface ReadyFile {
  readonly file: string;
  /** What it is sorted by. */
  readonly key: string;
}

export interface FoundClaim extends ClaimName {
  readonly file: string;
}

/** What one look at a folder found. */
export interface FolderLook {
  /** The first that may be claimed, in order. */
  readonly ready: readonly ReadyFile[];
  /** Whether there are more of either than were kept. */
  readonly isCut: boolean;
  /** Claims, of anybody who has a heartbeat or had one. */
  readonly claims: readonly FoundClaim[];
  /** The names of control files. */
  readonly control: readonly string[];
}

export interface LookOptions {
  readonly directory: string;
  readonly extension: string;
  /** What a message is sorted by: text that its own name is turned into. */
  readonly keyOf: (name: string) => string;
  /** How many names are kept of those that are ready. */
  readonly limit: number;
  readonly strange: StrangeFiles;
  /** Leaves out what is ready. */
  readonly only?: 'claims';
}

/** So many claims are kept: nobody has more in hands, and a folder may be full of what looks like them. */
const MOST_CLAIMS = 262_144;

/** Reads a folder once, from its first name to its last, and keeps the first names of it. */
export async function lookAtFolder(fs: FileSystem, options: LookOptions): Promise<FolderLook> {
  const look = new Look(options);
  await fs.scan(options.directory, (file, kind) => look.see(file, kind));
  return look.result();
}

const inOrder = (one: ReadyFile, other: ReadyFile): number => {
  // Asked most often, and one comparison of two strings costs as much as the rest: the likely answers come first.
  if (one.key < other.key) return -1;
  return one.key > other.key || one.file > other.file ? 1 : -1;
};

class Look {
  readonly #options: LookOptions;
  readonly #ready: FirstOf<ReadyFile>;
  readonly #claims: FoundClaim[] = [];
  readonly #control: string[] = [];
  #isCut = false;

  constructor(options: LookOptions) {
    this.#options = options;
    this.#ready = new FirstOf(options.limit, inOrder);
  }

  see(file: string, kind: EntryKind): void {
    const { extension, only } = this.#options;
    if (only === 'claims') this.#seeClaim(file, kind);
    else if (file.endsWith(extension)) this.#seeMessage(file, kind);
    else if (file.endsWith('.again')) this.#seeReady(file, kind);
    else if (/\.(?:wip|finished|failing)$/.test(file)) this.#seeClaim(file, kind);
    else if (kind === 'file' && parseControlName(file) !== null) this.#control.push(file);
  }

  #seeMessage(file: string, kind: EntryKind): void {
    const why = whyUnusable(file, this.#options.extension);
    if (why === null) this.#add(file, file, kind);
    else this.#options.strange.report(file, why);
  }

  #seeReady(file: string, kind: EntryKind): void {
    const ready = parseReadyName(file, this.#options.extension);
    if (ready !== null) this.#add(file, ready.name, kind);
  }

  #add(file: string, name: string, kind: EntryKind): void {
    const item = { file, key: this.#options.keyOf(name) };
    if (!this.#ready.wouldKeep(item)) return;
    if (kind === 'file') this.#ready.add(item);
    else this.#options.strange.report(file, kind === 'directory' ? 'it is a directory' : 'it is no plain file');
  }

  #seeClaim(file: string, kind: EntryKind): void {
    const claim = kind === 'file' && !file.endsWith(this.#options.extension) ? parseClaimName(file, this.#options.extension) : null;
    if (claim === null) return;
    if (this.#claims.length < MOST_CLAIMS) this.#claims.push({ ...claim, file });
    else this.#isCut = true;
  }

  result(): FolderLook {
    const ready = this.#ready.take();
    return { ready, isCut: this.#isCut || this.#ready.isCut, claims: this.#claims, control: this.#control };
  }
}
