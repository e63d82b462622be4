/** What means something in our files, or in others. */
const LOADED = [
  '\n',
  '\n\n',
  '\t',
  '\0',
  '\0'.repeat(600),
  '\n'.repeat(600),
  '{"version":2}',
  '\\',
  '"',
  '\ufeff',
  '\r\n',
  '4294967296',
  '-1',
];

type Random = () => number;

const upTo = (random: Random, most: number): number => Math.floor(random() * most);

/** Some bytes in the middle of it. */
function part(bytes: Uint8Array, random: Random, longest = 200): [start: number, end: number] {
  const start = upTo(random, bytes.length + 1);
  return [start, Math.min(bytes.length, start + upTo(random, longest))];
}

function spliced(bytes: Uint8Array, start: number, end: number, ...between: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([bytes.subarray(0, start), ...between, bytes.subarray(end)]);
}

const MUTATIONS: readonly ((bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array)[] = [
  function flipBit(bytes, random) {
    const changed = Uint8Array.from(bytes);
    const at = upTo(random, bytes.length);
    if (at < bytes.length) changed[at] = (changed[at] ?? 0) ^ (1 << upTo(random, 8));
    return changed;
  },
  function setBytes(bytes, random) {
    const [start, end] = part(bytes, random, 8);
    return Uint8Array.from(bytes).fill(upTo(random, 256), start, end);
  },
  (bytes, random) => spliced(bytes, ...part(bytes, random)),
  (bytes, random) => bytes.subarray(0, upTo(random, bytes.length + 1)),
  (bytes, random) => bytes.subarray(upTo(random, bytes.length + 1)),
  function repeatPart(bytes, random) {
    const [start, end] = part(bytes, random);
    return spliced(bytes, start, start, bytes.subarray(start, end));
  },
  function movePart(bytes, random) {
    const [start, end] = part(bytes, random);
    const rest = spliced(bytes, start, end);
    const to = upTo(random, rest.length + 1);
    return spliced(rest, to, to, bytes.subarray(start, end));
  },
  function insertLoaded(bytes, random) {
    const at = upTo(random, bytes.length + 1);
    return spliced(bytes, at, at, Buffer.from(LOADED[upTo(random, LOADED.length)] ?? ''));
  },
  function insertNoise(bytes, random) {
    const at = upTo(random, bytes.length + 1);
    return spliced(
      bytes,
      at,
      at,
      Uint8Array.from({ length: upTo(random, 40) }, () => upTo(random, 256)),
    );
  },
  function insertOther(bytes, random, others) {
    const other = others[upTo(random, others.length)] ?? bytes;
    const at = upTo(random, bytes.length + 1);
    return spliced(bytes, at, at, other.subarray(...part(other, random, 400)));
  },
];

/** Damages bytes in one way to four, with parts of others among them. */
export function mutated(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  let changed = bytes;
  for (let times = 1 + upTo(random, 4); times > 0; times -= 1) {
    changed = MUTATIONS[upTo(random, MUTATIONS.length)]?.(changed, random, others) ?? changed;
  }
  return changed;
}
