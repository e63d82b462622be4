import { readDoneLine } from '../formats/done-line.ts';
import type { FailureReason } from '../formats/failure-reason.ts';
import { formatJournalName, type JournalName, parseJournalName } from '../formats/journal-name.ts';
import { MessageLedger } from '../machines/message-ledger.ts';
import { type DoneFile, Fold } from './fold.ts';
import { KeptMessages } from './kept-messages.ts';
import { findRecordsEnd, type ScanContext, scanFile } from './message-scan.ts';
import { Segment } from './segment.ts';

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
  const left = puts.filter((segment) => !fold.goneFiles.has(segment.file));
  forgetGone(ledger, kept, left);
  for (const { run, sequence } of ledger.failed.entries()) {
    const segment = kept.ids.has(run, sequence) ? undefined : left.find((other) => other.holds(run, sequence));
    if (segment !== undefined) segment.failed++;
  }
  kept.countUnfinished(ledger);
  const lastRunWithPuts = Math.max(fold.goneRun, ...puts.map((segment) => (segment.bytes > 0 ? segment.name.run : 0)));
  return {
    ledger,
    kept,
    puts: left,
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

/** Between journals of a run that are left some may be gone: what lay there is forgotten once the one before is read. */
function forgetGone(ledger: MessageLedger<FailureReason>, kept: KeptMessages, left: readonly Segment[]): void {
  let last: Segment | undefined;
  ledger.forgetAllBut((run, sequence) => {
    // Mostly one is in the journal of the one before.
    if (!last?.holds(run, sequence)) last = left.find((segment) => segment.holds(run, sequence));
    return last !== undefined || kept.ids.has(run, sequence);
  });
}

/** A journal's size says nothing: it may be filled ahead, and what a late owner writes then lies within its size. */
async function listSegments(context: ScanContext, names: readonly JournalName[], limits: ReadonlyMap<string, number>): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const name of names) {
    const file = formatJournalName(name);
    const end = await findRecordsEnd(context, file);
    if (end === undefined) continue;
    const before = segments.at(-1);
    if (before?.name.run === name.run) before.end = name.segment;
    segments.push(new Segment(file, name, Math.min(end, limits.get(file) ?? end), { own: false }));
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
