import type { IdRange } from '../machines/id-ranges.ts';
import type { DoneFile } from './fold.ts';
import type { KeptMessages } from './kept-messages.ts';
import type { Segment } from './segment.ts';

/** The done journals of a queue, in the order they were written, and which put journals each of them speaks of. */
export class DoneFiles implements Iterable<DoneFile> {
  readonly #files: DoneFile[];
  readonly #kept: KeptMessages;
  readonly #find: (run: number, sequence: number) => Segment | undefined;
  #last: Segment | undefined;

  /** `find` tells in which journal a message lies that was not carried over. */
  constructor(files: Iterable<DoneFile>, kept: KeptMessages, find: (run: number, sequence: number) => Segment | undefined) {
    this.#files = [...files];
    this.#kept = kept;
    this.#find = find;
  }

  [Symbol.iterator](): Iterator<DoneFile> {
    return this.#files.values();
  }

  begin(file: DoneFile): void {
    this.#last = undefined;
    this.#files.push(file);
  }

  /** The one that is written now has a line about these messages. */
  spoke(about: IdRange | 'closed'): void {
    const file = this.#files.at(-1);
    if (file === undefined) return;
    if (about === 'closed') {
      file.closes = true;
      return;
    }
    const { run, sequence, count } = about;
    for (let next = sequence; next < sequence + count; next++) {
      const segment = this.#find(run, next);
      // One line after the other is about the same journal: it was noted with the first.
      if (segment === undefined || segment !== this.#last) file.speaksOf.add(segment?.file ?? this.#kept.place);
      this.#last = segment;
      // The next one in another journal, if none in between was carried over.
      if (segment !== undefined && this.#kept.ids.size === 0) next = Math.max(next, segment.end - 1);
    }
  }

  /** A put journal is gone: nothing that was said of it is needed any more. */
  gone(segment: Segment): void {
    for (const { speaksOf } of this.#files) speaksOf.delete(segment.file);
  }

  /** Those that may go: all they spoke of is gone, and the last one is being written. */
  idle(): DoneFile[] {
    return this.#files.slice(0, -1).filter((file) => file.speaksOf.size === 0 && !file.closes);
  }

  remove(file: DoneFile): void {
    this.#files.splice(this.#files.indexOf(file), 1);
  }
}
