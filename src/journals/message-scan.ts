import { setImmediate as nextTurn } from 'node:timers/promises';
import { DiskError } from '../errors.ts';
import type { RecordSink } from '../formats/record-scan.ts';
import { closeRead } from '../fs/close-read.ts';
import { errnoName, isErrno } from '../fs/errno.ts';
import type { FileSystem, OpenFile } from '../fs/file-system.ts';
import { RecordReader } from '../fs/record-reader.ts';
import { recordsEnd } from '../fs/records-end.ts';
import type { DamageLog } from './damage.ts';
import type { Segment, StoredMessage } from './segment.ts';

/** What a reader of files needs: where they lie, and whom to tell of damage. */
export interface ScanContext {
  readonly fs: FileSystem;
  readonly directory: string;
  readonly damage: DamageLog;
}

/** Whether to read on behind this record. */
type OnRecord = (bytes: Buffer, start: number, end: number, offset: number) => boolean | void;

/**
 * Reads the records of a file up to `limit`, or as far as there are any now, letting others run between chunks. A file that
 * was removed meanwhile has none: whoever removed it knew that nothing in it was needed. Resolves with how many bytes of
 * whole lines were read.
 */
export async function scanFile({ fs, directory, damage }: ScanContext, file: string, limit: number, onRecord: OnRecord): Promise<number> {
  const opened = await openJournal({ fs, directory, damage }, file);
  if (opened === undefined) return 0;
  try {
    const reader = new RecordReader(opened);
    const end = Number.isFinite(limit) ? limit : reading(directory, file, () => recordsEnd(opened));
    let stopped = false;
    const record: RecordSink['record'] = (bytes, start, end) => {
      stopped = onRecord(bytes, start, end, reader.position + start) === false;
      return !stopped;
    };
    const damaged = (offset: number, length: number): void =>
      damage.report({ file, offset, length, reason: 'no record: the checksum does not hold' });
    while (reading(directory, file, () => reader.next(end, record, damaged)) && !stopped) await nextTurn();
    return reader.position;
  } finally {
    closeRead(opened);
  }
}

/** Where the records of a file end now; undefined if it can't be read, since it is gone or no plain file. */
export async function findRecordsEnd(context: ScanContext, file: string): Promise<number | undefined> {
  const opened = await openJournal(context, file);
  if (opened === undefined) return undefined;
  try {
    return reading(context.directory, file, () => recordsEnd(opened));
  } finally {
    closeRead(opened);
  }
}

function reading<T>(directory: string, file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (errnoName(error) === undefined) throw error;
    throw new DiskError('read', `${directory}/${file}`, errnoName(error), { cause: error });
  }
}

/** Opens a journal to read, or gives nothing where there is no file any more, or something that is no plain file. */
export async function openJournal({ fs, directory, damage }: ScanContext, file: string): Promise<OpenFile | undefined> {
  try {
    return await fs.open(`${directory}/${file}`, 'read');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (isErrno(error, 'ELOOP', 'EISDIR', 'EINVAL', 'ENXIO')) {
      damage.report({ file, offset: 0, length: 0, reason: 'no plain file: it is not read' });
      return undefined;
    }
    throw new DiskError('open', `${directory}/${file}`, errnoName(error), { cause: error });
  }
}

/** How many messages are handed over at once. */
const PAGE = 512;

/** The messages of these files that are wanted, in put order, a page at a time. */
export async function* scanMessages(
  context: ScanContext,
  segments: Iterable<Segment>,
  wanted: (run: number, sequence: number) => boolean,
): AsyncGenerator<StoredMessage[]> {
  for (const segment of segments) yield* scanSegment(context, segment, wanted);
}

async function* scanSegment(
  context: ScanContext,
  segment: Segment,
  wanted: (run: number, sequence: number) => boolean,
): AsyncGenerator<StoredMessage[]> {
  const { directory, damage } = context;
  const file = await openJournal(context, segment.file);
  if (file === undefined) return;
  try {
    const reader = new RecordReader(file);
    const limit = segment.bytes;
    let page: StoredMessage[] = [];
    const record = (bytes: Buffer, start: number, end: number): void => {
      const place = segment.name.kind === 'put' ? segment.place(bytes, start, end) : null;
      // Most messages of a large journal are not wanted: no string is made of those.
      if (place !== null && !wanted(segment.name.run, place.sequence)) return;
      const message = segment.parse(bytes, start, end);
      if (message === null) {
        if (!segment.isRemark(bytes, start, end)) reportForeign(damage, segment.file, reader.position + start, end - start);
      } else if (wanted(message.run, message.sequence)) page.push(message);
    };
    const damaged = (offset: number, length: number): void =>
      damage.report({ file: segment.file, offset, length, reason: 'no record: the checksum does not hold' });
    let more = true;
    while (more) {
      more = reading(directory, segment.file, () => reader.next(limit, record, damaged));
      for (let i = 0; i < page.length; i += PAGE) yield page.slice(i, i + PAGE);
      page = [];
      await nextTurn();
    }
  } finally {
    closeRead(file);
  }
}

/** A record whose checksum holds, but which does not belong where it lies. */
export function reportForeign(damage: DamageLog, file: string, offset: number, length: number): void {
  damage.report({ file, offset, length, reason: 'a record that does not belong into this file' });
}
