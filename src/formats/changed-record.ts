import { crc32, hasChecksum, isOneByteChange, readChecksum } from './checksum.ts';
import { isRecord, readBytes } from './record-scan.ts';

const NEWLINE = 10;
const TAB = 9;
const CHECKSUM_LENGTH = 8;

/**
 * Whether a line that is no record, `bytes[start, end)`, would be one but for a single byte of it or of the newlines around
 * it. Then it was whole, and was changed. What was torn lacks more than that, but for one chance in millions.
 */
export function isChangedRecord(bytes: Buffer, start: number, end: number): boolean {
  return (
    lacksOneByte(bytes, start, end) ||
    // A newline before it or behind it that was changed became a part of the line.
    isRecord(readBytes(bytes.subarray(start + 1, end))) ||
    isRecord(readBytes(bytes.subarray(start, end - 1))) ||
    // And a first or last byte that became a newline is missing from it.
    (start > 0 && lacksOneByte(bytes, start - 1, end)) ||
    (bytes[end] === NEWLINE && lacksOneByte(bytes, start, end + 1))
  );
}

/** Whether `bytes[start, end)` would be a record if one byte of it were another. */
export function lacksOneByte(bytes: Buffer, start: number, end: number): boolean {
  const body = start + CHECKSUM_LENGTH + 1;
  if (end < body) return false;
  const crc = crc32(readBytes(bytes).view, body, end);
  if (hasChecksum(bytes, start, crc)) return true;
  if (bytes[body - 1] !== TAB) return false;
  const { wrong, checksum } = readChecksum(bytes, start, crc);
  return wrong === 1 || (checksum !== null && isOneByteChange(crc ^ checksum, end - body));
}
