import { type DoneLine, type DoneLineSink, readDoneLine } from '../formats/done-line.ts';
import type { FailureReason } from '../formats/failure-reason.ts';
import { formatJournalName, type JournalName, parseJournalName } from '../formats/journal-name.ts';
import { MessageLedger } from '../machines/message-ledger.ts';
import { KeptMessages } from './kept-messages.ts';
import { reportForeign, type ScanContext, scanFile } from './message-scan.ts';
import { Segment } from './segment.ts';

/** A done journal of an older run, and the put journals that its lines speak of. */
export interface DoneFile {
  readonly file: string;
  readonly name: JournalName;
  readonly speaksOf: Set<string>;
  /** It says that the producer has put all there is: it goes last. */
  closes: boolean;
}

/** All that is known of a load from its files: what was put, and what became of it. */
export interface Load {
  readonly ledger: MessageLedger<FailureReason>;
  readonly kept: KeptMessages;
  /** The put journals, in put order. */
  readonly puts: readonly Segment[];
  readonly doneFiles: readonly DoneFile[];
  readonly keysFiles: readonly string[];
  /** How much of each older file counts. */
  readonly limits: ReadonlyMap<string, number>;
  /** The highest run that left a file here. */
  readonly lastRun: number;
  /** A producer said that this was all, and nothing was put in a later run. */
  readonly closed: boolean;
  /** Finished messages whose put journals are gone. */
  readonly gone: number;
  /** The last run that put anything whose journal is gone. */
  readonly goneRun: number;
  /** Put journals whose removal was begun: nothing in them is needed. */
  readonly goneFiles: readonly string[];
}

/** The journals in a directory that belong to a queue of this name, in the order they were written. */
export function listJournals(names: readonly string[], queue: string): JournalName[] {
  return names
    .map(parseJournalName)
    .filter((name): name is JournalName => name?.name === queue)
    .sort((a, b) => a.run - b.run || a.segment - b.segment);
}

/**
 * Reads what became of the messages of all runs. A journal that is about to go was copied before a line said so: perhaps
 * behind our back, by an owner that does not know yet that it was succeeded. So what that line speaks of is read after it.
 */
export async function readLoad(context: ScanContext, queue: string): Promise<Load> {
  let gone = '';
  for (;;) {
    const load = await readOnce(context, queue);
    const goneNow = load.goneFiles.join('\n');
    if (goneNow === gone) return load;
    gone = goneNow;
  }
}

/**
 * Done journals are read before anybody looks at a put journal: what is removed meanwhile goes in the other order, so a
 * message is never seen without the line that finished it.
 */
async function readOnce(context: ScanContext, queue: string): Promise<Load> {
  const names = listJournals(await context.fs.readdir(context.directory), queue);
  const of = (kind: JournalName['kind']): JournalName[] => names.filter((name) => name.kind === kind);
  const limits = await readLimits(context, of('done'));
  const ledger = new MessageLedger<FailureReason>();
  const kept = await KeptMessages.read(context, of('kept'), ledger);
  const puts = await listSegments(context, of('put'), limits);
  const fold = new Fold(ledger, kept, puts);
  const doneFiles: DoneFile[] = [];
  for (const name of of('done')) {
    const { bytes, ...file } = await fold.read(context, name, limits);
    doneFiles.push(file);
    // What a former owner still appends behind our back does not count: it was never acknowledged.
    limits.set(file.file, bytes);
  }
  ledger.settle();
  for (const { run, sequence } of ledger.failed.entries()) {
    const segment = kept.ids.has(run, sequence) ? undefined : puts.find((other) => other.holds(run, sequence));
    if (segment !== undefined) segment.failed++;
  }
  kept.countUnfinished(ledger);
  const lastRunWithPuts = Math.max(fold.goneRun, ...puts.map((segment) => segment.name.run), 0);
  return {
    ledger,
    kept,
    puts: puts.filter((segment) => !fold.goneFiles.has(segment.file)),
    doneFiles,
    keysFiles: of('keys').map(formatJournalName),
    limits,
    lastRun: Math.max(0, ...names.map((name) => name.run)),
    closed: fold.closedRun > 0 && fold.closedRun >= lastRunWithPuts,
    gone: fold.gone,
    goneRun: fold.goneRun,
    goneFiles: [...fold.goneFiles],
  };
}

async function listSegments(
  { fs, directory }: ScanContext,
  names: readonly JournalName[],
  limits: ReadonlyMap<string, number>,
): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const name of names) {
    const file = formatJournalName(name);
    const size = (await fs.lstat(`${directory}/${file}`))?.size;
    if (size === undefined) continue;
    const before = segments.at(-1);
    if (before?.name.run === name.run) before.end = name.segment;
    segments.push(new Segment(file, name, Math.min(size, limits.get(file) ?? size), { own: false }));
  }
  return segments;
}

/**
 * How much of older journals counts: each done journal begins with what its owner found when it took over. What a
 * stalled owner appended afterwards was never acknowledged, and may have been done by another since.
 */
async function readLimits(context: ScanContext, names: readonly JournalName[]): Promise<Map<string, number>> {
  const limits = new Map<string, number>();
  for (const name of names) {
    await scanFile({ ...context }, formatJournalName(name), Number.POSITIVE_INFINITY, (bytes, start, end) => {
      let head = false;
      readDoneLine(bytes, start, end, {
        done: () => undefined,
        taken: () => undefined,
        other: (line) => {
          head = line.kind === 'read' || line.kind === 'gone';
          if (line.kind === 'read') limits.set(line.file, Math.min(line.bytes, limits.get(line.file) ?? line.bytes));
        },
      });
      return head;
    });
  }
  return limits;
}

class Fold implements DoneLineSink {
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
