import { type DoneLine, type DoneLineSink, readDoneLine } from '../formats/done-line.ts';
import type { FailureReason } from '../formats/failure-reason.ts';
import { formatJournalName, type JournalName } from '../formats/journal-name.ts';
import type { MessageLedger } from '../machines/message-ledger.ts';
import type { KeptMessages } from './kept-messages.ts';
import { reportForeign, type ScanContext, scanFile } from './message-scan.ts';
import type { Segment } from './segment.ts';

/** A done journal, and the put journals that its lines speak of. */
export interface DoneFile {
  readonly file: string;
  readonly name: JournalName;
  readonly speaksOf: Set<string>;
  /** It says that the producer has put all there is: it goes last. */
  closes: boolean;
}

/** Tells a ledger what done journals say, one after the other. */
export class Fold implements DoneLineSink {
  readonly #ledger: MessageLedger<FailureReason>;
  readonly #kept: KeptMessages;
  readonly #puts: readonly Segment[];
  gone = 0;
  goneRun = 0;
  closedRun = 0;
  /** Put journals that somebody began to remove: their messages are counted in `gone`. */
  readonly goneFiles = new Set<string>();
  #speaksOf = new Set<string>();
  #closes = false;
  #last: Segment | undefined;
  #run = 0;

  constructor(ledger: MessageLedger<FailureReason>, kept: KeptMessages, puts: readonly Segment[]) {
    this.#ledger = ledger;
    this.#kept = kept;
    this.#puts = puts;
  }

  async read(context: ScanContext, name: JournalName, limits: ReadonlyMap<string, number>): Promise<DoneFile & { readonly bytes: number }> {
    const file = formatJournalName(name);
    this.#speaksOf = new Set();
    this.#run = name.run;
    this.#last = undefined;
    this.#closes = false;
    const limit = limits.get(file) ?? Number.POSITIVE_INFINITY;
    const read = await scanFile(context, file, limit, (bytes, start, end, offset) => {
      if (!readDoneLine(bytes, start, end, this)) reportForeign(context.damage, file, offset, end - start);
    });
    return { file, name, speaksOf: this.#speaksOf, closes: this.#closes, bytes: read };
  }

  done(run: number, first: number, count: number): void {
    const { ids } = this.#kept;
    if (ids.size === 0) this.#ledger.finishRange(run, first, count);
    else
      for (let sequence = first; sequence < first + count; sequence++)
        if (this.#ledger.finish(run, sequence) && ids.has(run, sequence)) this.#kept.done++;
    this.#speak(run, first, count);
  }

  taken(run: number, first: number, attempt: number, count: number): void {
    this.#ledger.take(run, first, attempt, count);
    this.#speak(run, first, count);
  }

  other(line: DoneLine): void {
    switch (line.kind) {
      case 'closed':
        this.closedRun = Math.max(this.closedRun, this.#run);
        this.#closes = true;
        return;
      case 'read':
        return;
      case 'gone':
        this.gone = Math.max(this.gone, line.total);
        this.goneRun = Math.max(this.goneRun, line.run);
        this.#goes(line.run, line.sequence);
        return;
      case 'done':
        return this.done(line.run, line.sequence, line.count);
      case 'taken':
        return this.taken(line.run, line.sequence, line.attempt, line.count);
      case 'released':
        this.#ledger.release(line.run, line.sequence, line.attempt);
        break;
      case 'failed':
        this.#ledger.giveUp(line.run, line.sequence, line.attempt, line.error);
        break;
      case 'retried':
        this.#ledger.retry(line.run, line.sequence, line.attempt);
        break;
    }
    this.#speak(line.run, line.sequence, 1);
  }

  /** The journal that begins with exactly this message: between others a range says nothing about one that is gone. */
  #goes(run: number, sequence: number): void {
    const segment = this.#puts.find(({ name }) => name.run === run && name.segment === sequence);
    if (segment !== undefined) this.goneFiles.add(segment.file);
  }

  /** The journal that is read speaks of these messages. */
  #speak(run: number, first: number, count: number): void {
    const { ids, place } = this.#kept;
    for (let sequence = first; sequence < first + count; sequence++) {
      if (ids.size > 0 && ids.has(run, sequence)) this.#speaksOf.add(place);
      // Lines about one journal follow each other: it was noted with the first.
      else if (!this.#last?.holds(run, sequence)) {
        this.#last = this.#puts.find((segment) => segment.holds(run, sequence));
        if (this.#last !== undefined) this.#speaksOf.add(this.#last.file);
      }
      // On to the next journal, if none in between was carried over.
      if (ids.size === 0 && this.#last !== undefined) sequence = Math.max(sequence, this.#last.end - 1);
    }
  }
}
