import { parseCarriedOver, parseKeptLine } from '../formats/kept-line.ts';
import type { JournalName } from '../formats/journal-name.ts';
import { ID_LENGTH } from '../formats/message-id.ts';
import { messageStart, readKey, readRun, readSequence } from '../formats/put-line.ts';
import type { FailureReason } from '../formats/failure-reason.ts';
import { NumbersSeen } from '../machines/numbers-seen.ts';

/** A message as it lies in a journal. */
export interface Message {
  readonly run: number;
  readonly sequence: number;
  /** The value as the codec wrote it: the same before and after a crash. */
  readonly text: string;
}

/** The same with what only some readers need. */
export interface StoredMessage extends Message {
  readonly key: string | undefined;
  /** For a message that was carried over: its attempts before that. */
  readonly attempts: number;
  readonly error: FailureReason | undefined;
}

/** Where in a record its message begins. */
export interface Place {
  readonly sequence: number;
  readonly text: number;
  readonly keyed: boolean;
}

/** An id and the tabs around an empty key. */
const UNKEYED_HEAD = ID_LENGTH + 2;

/** A file of messages, and how many of them are not finished. */
export class Segment {
  readonly file: string;
  readonly name: JournalName;
  /** How much of the file counts: of an older run's what was there when its owner was succeeded, of ours what was acknowledged. */
  bytes: number;
  /** The first sequence number of the segment that follows in the same run. */
  end = Number.POSITIVE_INFINITY;
  /** Messages seen that are neither done nor given up. Right for those that were seen, and for all once `complete`. */
  unfinished = 0;
  messages = 0;
  /** Of our own run: all of its messages were seen. */
  readonly isOwn: boolean;
  /** Messages are appended to it. */
  isGrowing: boolean;
  /** Nothing is appended any more, and every message was seen. */
  complete = false;
  hasKeys = false;
  /** Something in it is no record of ours. */
  isDamaged = false;
  /** It was removed, or is about to be. */
  isGone = false;
  /** Messages in it that were given up. */
  failed = 0;
  /** Sequence numbers that were counted: each once, though somebody copied a record. */
  readonly #counted: NumbersSeen;

  constructor(file: string, name: JournalName, bytes: number, options: { readonly own: boolean }) {
    this.file = file;
    this.name = name;
    this.bytes = bytes;
    this.isOwn = options.own;
    this.isGrowing = options.own;
    this.#counted = new NumbersSeen(name.segment);
  }

  /** Whether a message with that id would lie here. */
  holds(run: number, sequence: number): boolean {
    return this.name.kind === 'put' && run === this.name.run && sequence >= this.name.segment && sequence < this.end;
  }

  /** Counts a message that a reader came by, once. */
  count(sequence: number, finished: boolean): void {
    if (this.isOwn || !this.#counted.add(sequence)) return;
    this.messages++;
    if (!finished) this.unfinished++;
  }

  /** Whether a reader came by that message. */
  hasCounted(sequence: number): boolean {
    return this.#counted.has(sequence);
  }

  /** A message that was counted is finished, or unfinished again. */
  finished(sequence: number, change: 1 | -1): void {
    if (this.isOwn || this.#counted.has(sequence)) this.unfinished -= change;
  }

  /** Whether a record tells where the file's messages come from, and is none itself. */
  isRemark(bytes: Buffer, start: number, end: number): boolean {
    return this.name.kind === 'kept' && parseCarriedOver(bytes.toString('utf8', start, end)) !== null;
  }

  /** The message in a record, or null if the record does not belong here. */
  parse(bytes: Buffer, start: number, end: number): StoredMessage | null {
    if (this.name.kind === 'kept') return parseKeptLine(bytes.toString('utf8', start, end));
    const at = this.place(bytes, start, end);
    if (at === null) return null;
    const key = readKey(bytes, start, at.text);
    return { run: this.name.run, sequence: at.sequence, key, attempts: 0, error: undefined, text: bytes.toString('utf8', at.text, end) };
  }

  /** Where a put line's message begins, and its sequence number, without making a string of it. */
  place(bytes: Buffer, start: number, end: number): Place | null {
    // A record of another run's file was copied here by somebody: it is not ours to deliver.
    if (readRun(bytes, start, end) !== this.name.run) return null;
    const sequence = readSequence(bytes, start);
    const text = messageStart(bytes, start, end);
    return text < 0 || sequence < this.name.segment ? null : { sequence, text, keyed: text > start + UNKEYED_HEAD };
  }
}
