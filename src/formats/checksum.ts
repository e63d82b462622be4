/** CRC-32 (the one of zip and PNG), eight bytes a step: a call into zlib costs more than most records. */

/** Eight tables of 256 entries: table `k` is the checksum of a byte followed by `k` zero bytes. */
const [T0, T1, T2, T3, T4, T5, T6, T7] = makeTables();

function makeTables(): [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array] {
  const first = new Int32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    first[n] = c;
  }
  const shifted = (table: Int32Array): Int32Array => table.map((c) => entry(first, c & 255) ^ (c >>> 8));
  const second = shifted(first);
  const third = shifted(second);
  const fourth = shifted(third);
  const fifth = shifted(fourth);
  const sixth = shifted(fifth);
  const seventh = shifted(sixth);
  return [first, second, third, fourth, fifth, sixth, seventh, shifted(seventh)];
}

/** What an index that is in range holds: the compiler can't know that it is. */
function entry(table: Int32Array, index: number): number {
  return table[index] as number;
}

/** The checksum of the bytes from `start` up to `end`, as a signed 32-bit number. */
export function crc32(bytes: DataView, start: number, end: number): number {
  let crc = -1;
  let i = start;
  for (const last = end - 8; i <= last; i += 8) {
    const low = crc ^ bytes.getInt32(i, true);
    const high = bytes.getInt32(i + 4, true);
    crc =
      entry(T7, low & 255) ^
      entry(T6, (low >>> 8) & 255) ^
      entry(T5, (low >>> 16) & 255) ^
      entry(T4, low >>> 24) ^
      entry(T3, high & 255) ^
      entry(T2, (high >>> 8) & 255) ^
      entry(T1, (high >>> 16) & 255) ^
      entry(T0, high >>> 24);
  }
  for (; i < end; i++) crc = entry(T0, (crc ^ bytes.getUint8(i)) & 255) ^ (crc >>> 8);
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

/** The checksum of a text's UTF-8 bytes, as eight hex digits. */
export function checksumOf(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return (crc32(new DataView(bytes.buffer), 0, bytes.length) >>> 0).toString(16).padStart(8, '0');
}
