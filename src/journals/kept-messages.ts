import type { FailureReason } from '../formats/failure-reason.ts';
import { formatJournalName, type JournalName } from '../formats/journal-name.ts';
import { parseCarriedOver, parseKeptLine } from '../formats/kept-line.ts';
import { IdSet } from '../machines/id-set.ts';
import type { MessageLedger } from '../machines/message-ledger.ts';
import { reportForeign, type ScanContext, scanFile } from './message-scan.ts';
import { Segment } from './segment.ts';

/**
 * Messages that outlived their put journals: given up and waiting for a retry, or carried over from another directory.
 * Their ids say nothing about where they lie, so they are known one by one.
 */
export class KeptMessages {
  /** What a done journal that has a line about one of them speaks of. */
  readonly place = 'kept';
  readonly ids = new IdSet();
  readonly segments: Segment[] = [];
  /** How many of them are done, given up, and neither. */
  done = 0;
  unfinished = 0;
  hasKeys = false;
  /** Directories whose messages were carried over. */
  readonly resumed: string[] = [];
  /** The directory whose messages were to be carried over when a stop came between. */
  unfinishedResume: string | undefined;
  /** Files of which nothing counts: a stop came before they were whole. */
  readonly torn: string[] = [];

  /** Reads the files, and tells the ledger how each message stood when it was carried over. */
  static async read(context: ScanContext, names: readonly JournalName[], ledger: MessageLedger<FailureReason>): Promise<KeptMessages> {
    const kept = new KeptMessages();
    for (const name of names) await kept.#read(context, name, ledger);
    return kept;
  }

  async #read(context: ScanContext, name: JournalName, ledger: MessageLedger<FailureReason>): Promise<void> {
    const file = formatJournalName(name);
    const resume = await this.#origin(context, file);
    if (!resume.whole) {
      this.unfinishedResume = resume.directories.at(-1);
      this.torn.push(file);
      return;
    }
    this.resumed.push(...resume.directories);
    const segment = this.keep(name);
    await scanFile(context, file, segment.bytes, (bytes, start, end, offset) => {
      const body = bytes.toString('utf8', start, end);
      const line = parseKeptLine(body);
      if (line === null) {
        if (parseCarriedOver(body) === null) reportForeign(context.damage, file, offset, end - start);
        return;
      }
      // A stop while such a file was being replaced leaves both: the message is the same.
      if (!this.ids.add(line.run, line.sequence)) return;
      if (line.key !== undefined) this.hasKeys = true;
      ledger.count(line.run, line.sequence, line.attempts);
      if (line.forgiven > 0) ledger.retry(line.run, line.sequence, line.forgiven);
      if (line.error !== undefined) ledger.giveUp(line.run, line.sequence, line.attempts, line.error);
    });
  }

  /** Remembers a file of such messages. */
  keep(name: JournalName): Segment {
    const file = formatJournalName(name);
    const known = this.segments.find((segment) => segment.file === file);
    if (known !== undefined) return known;
    const segment = new Segment(file, name, Number.POSITIVE_INFINITY, { own: true });
    segment.isGrowing = false;
    segment.complete = true;
    this.segments.push(segment);
    return segment;
  }

  /** Where the file's messages come from, if not from this directory, and whether all of them are in it. */
  async #origin(context: ScanContext, file: string): Promise<{ readonly directories: readonly string[]; readonly whole: boolean }> {
    const directories: string[] = [];
    let whole = true;
    await scanFile(context, file, Number.POSITIVE_INFINITY, (bytes, start, end) => {
      // Most lines are messages, and those begin with a digit.
      if (bytes[start] !== 0x72) return directories.length > 0;
      const line = parseCarriedOver(bytes.toString('utf8', start, end));
      if (line?.kind === 'resumes') directories.push(line.directory);
      whole = line?.kind === 'resumed';
      return undefined;
    });
    return { directories, whole };
  }

  /** Counts what is neither done nor given up, once the ledger knows of all lines. */
  countUnfinished(ledger: MessageLedger<FailureReason>): void {
    let failed = 0;
    for (const { run, sequence } of ledger.failed.entries()) if (this.ids.has(run, sequence)) failed++;
    this.unfinished = this.ids.size - this.done - failed;
  }
}
