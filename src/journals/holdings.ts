import type { FailureReason } from '../formats/failure-reason.ts';
import type { MessageId } from '../formats/message-id.ts';
import { IdSet } from '../machines/id-set.ts';
import type { MessageLedger } from '../machines/message-ledger.ts';
import { countMessages } from './count-messages.ts';
import { DoneFiles } from './done-files.ts';
import type { KeptMessages } from './kept-messages.ts';
import type { Load } from './load.ts';
import type { ScanContext } from './message-scan.ts';
import type { Segment } from './segment.ts';

/** What a queue holds: its journals, and how many of their messages are not finished. */
export class Holdings {
  readonly ledger: MessageLedger<FailureReason>;
  readonly kept: KeptMessages;
  /** Journals of earlier runs, in put order: what was carried over first. */
  readonly older: Segment[];
  /** Journals of this run. */
  readonly own: Segment[] = [];
  readonly doneFiles: DoneFiles;
  readonly keysFiles: string[];
  readonly limits: ReadonlyMap<string, number>;
  /** Finished messages of this load whose journals are gone, and the last run that put one of them. */
  gone: number;
  goneRun: number;
  readonly #idle: (segment: Segment) => void;
  /** Put back to work in this run, and delivered from there: not from the journal as well, when its turn comes. */
  readonly #retried = new IdSet();
  #last: Segment | undefined;
  #counting: Promise<void> | undefined;

  /** `idle` is called for each journal in which nothing is left to do. */
  constructor(load: Load, idle: (segment: Segment) => void) {
    this.ledger = load.ledger;
    this.kept = load.kept;
    this.older = [...load.kept.segments, ...load.puts];
    this.doneFiles = new DoneFiles(load.doneFiles, load.kept, (run, sequence) => this.#find(run, sequence));
    this.keysFiles = [...load.keysFiles];
    this.limits = load.limits;
    this.gone = load.gone;
    this.goneRun = load.goneRun;
    this.#idle = idle;
  }

  /** Neither done nor given up. */
  isFinished(run: number, sequence: number): boolean {
    return this.ledger.done.has(run, sequence) || this.ledger.failed.has(run, sequence);
  }

  /** Takes note of a message in a journal, and says whether there is work in it. */
  meet(segment: Segment, run: number, sequence: number, keyed: boolean): boolean {
    if (keyed) segment.hasKeys = true;
    // Carried over already: a stop came before the journal that it lay in was removed.
    if (segment.name.kind === 'put' && this.kept.ids.has(run, sequence)) return false;
    const finished = this.isFinished(run, sequence);
    segment.count(sequence, finished);
    return !finished && !this.#retried.has(run, sequence);
  }

  /** A journal of ours begins. */
  begin(segment: Segment): void {
    const before = this.own.at(-1);
    this.own.push(segment);
    if (before !== undefined) this.passed(before);
  }

  /** Messages of ours are safe. */
  put(segment: Segment, count: number): void {
    segment.messages += count;
    segment.unfinished += count;
  }

  /** A message is done or given up (1), or to be done again (-1). */
  finished({ run, sequence }: MessageId, change: 1 | -1): void {
    const segment = this.#find(run, sequence);
    if (segment === undefined) {
      if (this.kept.ids.has(run, sequence)) this.kept.unfinished -= change;
      return;
    }
    segment.finished(sequence, change);
    if (segment.unfinished === 0) this.passed(segment);
  }

  /** A message that was given up is to be done after all. */
  retry({ run, sequence }: MessageId, attempt: number): void {
    this.ledger.retry(run, sequence, attempt);
    this.#retried.add(run, sequence);
    this.failed({ run, sequence }, -1);
    this.finished({ run, sequence }, -1);
  }

  /** A message is given up (1), or not any more (-1). */
  failed({ run, sequence }: MessageId, change: 1 | -1): void {
    const segment = this.#find(run, sequence);
    if (segment !== undefined) segment.failed += change;
  }

  /** What was given up is done: it is no failure any more, and was finished already. */
  doneAfterAll(id: MessageId): void {
    this.failed(id, -1);
    this.done(id);
    // It may have been carried over since the line about it was written.
    this.doneFiles.spoke({ ...id, count: 1 });
  }

  done({ run, sequence }: MessageId): void {
    if (this.kept.ids.has(run, sequence)) this.kept.done++;
  }

  /** Takes a journal off the books: so many of its messages are done. */
  drop(segment: Segment, count: number): void {
    segment.isGone = true;
    this.gone += count;
    this.goneRun = Math.max(this.goneRun, segment.name.run);
    for (const list of [this.older, this.own]) if (list.includes(segment)) list.splice(list.indexOf(segment), 1);
    this.doneFiles.gone(segment);
    const { run, segment: first } = segment.name;
    const kept = this.#doneKeptIn(run, first, segment.end);
    this.ledger.done.deleteRange(run, first, segment.end);
    for (const sequence of kept) this.ledger.done.add(run, sequence);
    if (this.#last === segment) this.#last = undefined;
  }

  /** Messages that are neither done nor given up; right once all was counted. */
  get unfinished(): number {
    return this.#sum((segment) => segment.unfinished) + this.kept.unfinished;
  }

  /** The same for what earlier runs left. */
  get unfinishedOlder(): number {
    return this.older.reduce((sum, { name, unfinished }) => sum + (name.kind === 'put' ? unfinished : 0), this.kept.unfinished);
  }

  /** Messages of this load that are done; right once all was counted. */
  get finishedMessages(): number {
    return this.gone + this.kept.done + this.#sum((segment) => segment.messages - segment.unfinished - segment.failed);
  }

  #sum(of: (segment: Segment) => number): number {
    let sum = 0;
    for (const segment of [...this.older, ...this.own]) if (segment.name.kind === 'put') sum += of(segment);
    return sum;
  }

  /** Counts what earlier runs left. Everything is read once; others run meanwhile. */
  count(context: ScanContext): Promise<void> {
    this.#counting ??= this.#count(context).finally(() => (this.#counting = undefined));
    return this.#counting;
  }

  async #count(context: ScanContext): Promise<void> {
    for (const segment of [...this.older]) {
      if (segment.complete) continue;
      await countMessages(context, segment, (sequence, keyed) => this.meet(segment, segment.name.run, sequence, keyed));
      segment.complete = true;
      this.passed(segment);
    }
  }

  #find(run: number, sequence: number): Segment | undefined {
    // Asked first: what was carried over may have an id within the range of a journal that it did not lie in.
    if (this.kept.ids.size > 0 && this.kept.ids.has(run, sequence)) return undefined;
    if (this.#last?.holds(run, sequence)) return this.#last;
    const found =
      this.own.findLast((segment) => segment.holds(run, sequence)) ?? this.older.find((segment) => segment.holds(run, sequence));
    if (found !== undefined) this.#last = found;
    return found;
  }

  /** Messages with ids in that range that were carried over, and are done: they stay so. */
  #doneKeptIn(run: number, first: number, end: number): number[] {
    return [...this.kept.ids.range(run, first, end)].filter((sequence) => this.ledger.done.has(run, sequence));
  }

  /** What would lie in a journal that was read, and does not, lay in one that followed and is gone: it is no failure any more. */
  #forgetAbsent(segment: Segment): void {
    const { run } = segment.name;
    this.ledger.forgetAllBut((_, sequence) => {
      if (!segment.holds(run, sequence) || segment.hasCounted(sequence) || this.kept.ids.has(run, sequence)) return true;
      if (this.ledger.failed.has(run, sequence)) segment.failed--;
      return false;
    }, run);
  }

  /** Looks whether anything is left to do in a journal: of one that is read, once all of its messages were seen. */
  passed(segment: Segment): void {
    if (segment.complete && !segment.isOwn) this.#forgetAbsent(segment);
    // Bytes that can't be read are not thrown away while the load lasts.
    if (segment.isDamaged) return;
    const settled = segment.complete || (segment.isOwn && !segment.isGrowing);
    if (settled && segment.unfinished === 0 && segment.name.kind === 'put') this.#idle(segment);
  }
}
