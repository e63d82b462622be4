/** CRC-32 (the one of zip and PNG), sixteen bytes a step: a call into zlib costs more than most records. */

/** Table `k` is the checksum of a byte followed by `k` zero bytes. */
const TABLES: readonly Int32Array[] = makeTables();
const [T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15] = TABLES as [
  Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array,
  Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array,
]; // prettier-ignore

function makeTables(): Int32Array[] {
  const first = new Int32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    first[n] = c;
  }
  const tables = [first];
  for (let last = first; tables.length < 16; tables.push(last)) last = last.map((c) => (first[c & 255] as number) ^ (c >>> 8));
  return tables;
}

/** The checksum of the bytes from `start` up to `end`, as a signed 32-bit number. */
export function crc32(bytes: DataView, start: number, end: number): number {
  let crc = -1;
  let i = start;
  for (const last = end - 16; i <= last; i += 16) {
    const a = crc ^ bytes.getInt32(i, true);
    const b = bytes.getInt32(i + 4, true);
    const c = bytes.getInt32(i + 8, true);
    const d = bytes.getInt32(i + 12, true);
    crc =
      (T15[a & 255] as number) ^ (T14[(a >>> 8) & 255] as number) ^ (T13[(a >>> 16) & 255] as number) ^ (T12[a >>> 24] as number) ^
      (T11[b & 255] as number) ^ (T10[(b >>> 8) & 255] as number) ^ (T9[(b >>> 16) & 255] as number) ^ (T8[b >>> 24] as number) ^
      (T7[c & 255] as number) ^ (T6[(c >>> 8) & 255] as number) ^ (T5[(c >>> 16) & 255] as number) ^ (T4[c >>> 24] as number) ^
      (T3[d & 255] as number) ^ (T2[(d >>> 8) & 255] as number) ^ (T1[(d >>> 16) & 255] as number) ^ (T0[d >>> 24] as number); // prettier-ignore
  }
  for (const last = end - 4; i <= last; i += 4) {
    const a = crc ^ bytes.getInt32(i, true);
    crc = (T3[a & 255] as number) ^ (T2[(a >>> 8) & 255] as number) ^ (T1[(a >>> 16) & 255] as number) ^ (T0[a >>> 24] as number);
  }
  for (; i < end; i++) crc = (T0[(crc ^ bytes.getUint8(i)) & 255] as number) ^ (crc >>> 8);
  return ~crc;
}

const HEX_DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const HEX_VALUES = new Int8Array(256).fill(-1);
HEX_DIGITS.forEach((digit, value) => (HEX_VALUES[digit] = value));

/** Writes a checksum as eight lowercase hex digits. */
export function writeChecksum(bytes: Uint8Array, offset: number, crc: number): void {
  for (let digit = 0; digit < 8; digit++) bytes[offset + digit] = HEX_DIGITS[(crc >>> (28 - 4 * digit)) & 15] as number;
}

/** Whether the eight hex digits at `offset` are this checksum. Uppercase digits are not ours: one writer, one spelling. */
export function hasChecksum(bytes: Uint8Array, offset: number, crc: number): boolean {
  for (let digit = 0; digit < 8; digit++) {
    if (HEX_VALUES[bytes[offset + digit] as number] !== ((crc >>> (28 - 4 * digit)) & 15)) return false;
  }
  return true;
}

/** What stands at `offset`: the checksum, or null if it is none, and how many of its digits are not those of `crc`. */
export function readChecksum(bytes: Uint8Array, offset: number, crc: number): { readonly checksum: number | null; readonly wrong: number } {
  let checksum = 0;
  let isOne = true;
  let wrong = 0;
  for (let digit = 0; digit < 8; digit++) {
    const value = HEX_VALUES[bytes[offset + digit] as number] as number;
    if (value < 0) isOne = false;
    if (value !== ((crc >>> (28 - 4 * digit)) & 15)) wrong++;
    checksum = (checksum << 4) | (value & 15);
  }
  return { checksum: isOne ? checksum : null, wrong };
}

/** Which entry of the first table begins with that byte. */
const BY_FIRST_BYTE = new Uint8Array(256);
T0.forEach((crc, byte) => (BY_FIRST_BYTE[crc >>> 24] = byte));

/**
 * Whether checksums of `length` bytes each can differ by that much when the bytes differ in one place. The difference is
 * followed back to where it began: there it is a single byte's.
 */
export function isOneByteChange(difference: number, length: number): boolean {
  let rest = difference;
  for (let left = length; left > 0; left--) {
    const byte = BY_FIRST_BYTE[rest >>> 24] as number;
    rest = ((rest ^ (T0[byte] as number)) << 8) | byte;
    if (rest >>> 8 === 0) return true;
  }
  return false;
}

/** The checksum of a text's UTF-8 bytes, as eight hex digits. */
export function checksumOf(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return (crc32(new DataView(bytes.buffer), 0, bytes.length) >>> 0).toString(16).padStart(8, '0');
}
