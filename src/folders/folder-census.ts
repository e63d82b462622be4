import { type ClaimName, parseClaimName, parseReadyName } from '../formats/claim-name.ts';
import { parseControlName } from '../formats/control-file.ts';
import { isForeignClaim } from '../formats/foreign-claim.ts';
import { whyUnusable } from '../formats/message-name.ts';
import type { EntryKind } from '../fs/file-system.ts';
import { FirstOf } from '../machines/first-of.ts';
import type { FolderContext } from './folder-context.ts';
import type { StrangeFile } from './strange-files.ts';

export interface CountedClaim extends ClaimName {
  readonly file: string;
}

/** What one look through a folder counts and remembers, however much is in it. */
export interface FolderCensus {
  readonly ready: number;
  readonly claimed: number;
  /** Claims in the layout of PyMPX: their consumers' affair. */
  readonly foreignClaims: number;
  /** The first by name. */
  readonly claims: readonly CountedClaim[];
  /** Who has claims, the first that were met. */
  readonly claimants: readonly string[];
  /** Control files, the first by name. */
  readonly control: readonly string[];
  readonly strangeCount: number;
  /** The first by name. */
  readonly strange: readonly StrangeFile[];
}

/** As many are remembered of each. */
const MOST_CLAIMS = 1_000;
const MOST_CLAIMANTS = 10_000;
const MOST_CONTROL = 10_000;
const MOST_STRANGE = 100;

export async function takeCensus({ fs, layout, rules }: FolderContext): Promise<FolderCensus> {
  const census = new Census(rules.extension);
  await fs.scan(layout.directory, (file, kind) => census.see(file, kind));
  return census.result();
}

class Census {
  readonly #extension: string;
  readonly #claims = new FirstOf<CountedClaim>(MOST_CLAIMS, byFile);
  readonly #control = new FirstOf<{ readonly file: string }>(MOST_CONTROL, byFile);
  readonly #strange = new FirstOf<StrangeFile>(MOST_STRANGE, byFile);
  readonly #claimants = new Set<string>();
  readonly #counts = { ready: 0, claimed: 0, foreignClaims: 0, strangeCount: 0 };

  constructor(extension: string) {
    this.#extension = extension;
  }

  see(file: string, kind: EntryKind): void {
    const reason = whyStrange(file, kind, this.#extension);
    if (reason !== null) return this.#addStrange({ file, reason });
    if (kind !== 'file') return;
    if (parseReadyName(file, this.#extension) !== null) this.#counts.ready += 1;
    else if (/\.(?:wip|finished|failing)$/.test(file)) this.#seeClaim(file);
    else if (parseControlName(file) !== null) this.#control.add({ file });
  }

  #seeClaim(file: string): void {
    const claim = parseClaimName(file, this.#extension);
    if (claim === null) {
      if (isForeignClaim(file)) this.#counts.foreignClaims += 1;
      return;
    }
    this.#counts.claimed += 1;
    this.#claims.add({ ...claim, file });
    if (this.#claimants.size < MOST_CLAIMANTS) this.#claimants.add(claim.consumer);
  }

  #addStrange(found: StrangeFile): void {
    this.#counts.strangeCount += 1;
    this.#strange.add(found);
  }

  result(): FolderCensus {
    const control = this.#control.take().map(({ file }) => file);
    return { ...this.#counts, claims: this.#claims.take(), claimants: [...this.#claimants], control, strange: this.#strange.take() };
  }
}

/** Why a file that looks like a message is none; null for any other. */
export function whyStrange(file: string, kind: EntryKind, extension: string): string | null {
  if (file.endsWith(extension)) {
    const why = whyUnusable(file, extension);
    if (why !== null) return why;
  } else if (!file.endsWith('.again') || parseReadyName(file, extension) === null) return null;
  if (kind === 'file') return null;
  return kind === 'directory' ? 'it is a directory' : 'it is no plain file';
}

function byFile(one: { readonly file: string }, other: { readonly file: string }): number {
  return one.file < other.file ? -1 : 1;
}
