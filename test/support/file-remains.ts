/** One write or cut that a file has seen, and what is known of it. A `lost` one was under way when a sync failed. */
export interface Change {
  readonly at: number;
  /** What was written there; undefined: the file was cut or filled to this length. */
  readonly bytes: Uint8Array | undefined;
  state: 'unsynced' | 'synced' | 'lost';
}

/** What a power cut may leave of a file. */
export interface Remains {
  /** In words, undefined when nothing is missing. */
  readonly lost: string | undefined;
  bytes(): Uint8Array;
}

/** The first is everything, the second what was surely there; then every cut and hole we try. */
export function remainsOf(
  whole: Uint8Array,
  durable: Uint8Array,
  changes: readonly Change[],
  sectors: readonly number[],
): readonly Remains[] {
  const sure = applyChanges(durable, changes, 0, 0);
  return [
    { lost: undefined, bytes: () => whole },
    { lost: `cut to the ${sure.length} B that were synced`, bytes: () => sure },
    ...zeroed(whole, sure),
    ...cuts(durable, changes, sectors),
    ...sectors.flatMap((sector) => holes(whole, sure, sector)),
  ];
}

/** `durable` with what was synced, the first `whole` of the other changes, and `part` bytes of the next. */
function applyChanges(durable: Uint8Array, changes: readonly Change[], whole: number, part: number): Uint8Array {
  const steps: { at: number; bytes: Uint8Array | undefined }[] = [];
  let open = 0;
  for (const change of changes) {
    const index = change.state === 'synced' ? -1 : open++;
    if (index < whole) steps.push(change);
    else if (index === whole && part > 0) steps.push({ at: change.at, bytes: change.bytes?.subarray(0, part) });
  }
  let size = durable.length;
  let room = size;
  for (const { at, bytes } of steps) {
    size = bytes === undefined ? at : Math.max(size, at + bytes.length);
    room = Math.max(room, size);
  }
  const buffer = new Uint8Array(room);
  buffer.set(durable);
  let end = durable.length;
  for (const { at, bytes } of steps) {
    if (bytes) buffer.set(bytes, at);
    else buffer.fill(0, Math.min(at, end), end);
    end = bytes === undefined ? at : Math.max(end, at + bytes.length);
  }
  return buffer.subarray(0, size);
}

/** The length arrived and the bytes did not. */
function zeroed(whole: Uint8Array, sure: Uint8Array): Remains[] {
  if (whole.length <= sure.length) return [];
  return [{ lost: `only NULs from ${sure.length} to ${whole.length}`, bytes: () => padded(sure, whole.length) }];
}

/** What was written first is there, up to some point. */
function cuts(durable: Uint8Array, changes: readonly Change[], sectors: readonly number[]): Remains[] {
  const open = changes.filter((change) => change.state !== 'synced');
  const all: Remains[] = [];
  const cut = (index: number, part: number): void => {
    const lost = `${index} of ${open.length} unsynced writes there${part > 0 ? ` and ${part} B of the next` : ''}`;
    all.push({ lost, bytes: () => applyChanges(durable, changes, index, part) });
  };
  for (const [index, change] of open.entries()) {
    if (index > 0) cut(index, 0);
    for (const part of partsOf(change, sectors)) cut(index, part);
  }
  return all;
}

/** One byte, all but one, and up to a few borders of sectors. */
function partsOf({ at, bytes }: Change, sectors: readonly number[]): Iterable<number> {
  const parts = new Set<number>();
  if (bytes === undefined || bytes.length < 2) return parts;
  parts.add(1).add(bytes.length - 1);
  for (const sector of sectors) {
    const first = (Math.floor(at / sector) + 1) * sector - at;
    for (let part = first, tried = 0; part < bytes.length && tried < 4; part += sector, tried += 1) parts.add(part);
  }
  return parts;
}

/** The full length, with one sector missing, one sector alone, or everything behind one missing. */
function holes(whole: Uint8Array, sure: Uint8Array, sector: number): Remains[] {
  const old = padded(sure, whole.length);
  const dirty: number[] = [];
  for (let start = 0; start < whole.length; start += sector) {
    if (Buffer.compare(whole.subarray(start, start + sector), old.subarray(start, start + sector)) !== 0) dirty.push(start);
  }
  if (dirty.length < 2) return [];
  const tried = dirty.length <= 8 ? dirty : [...dirty.slice(0, 4), ...dirty.slice(-4)];
  const mixed = (lost: string, keeps: (start: number) => boolean): Remains => ({
    lost: `${lost} (sectors of ${sector} B)`,
    bytes() {
      const bytes = Uint8Array.from(old);
      for (const start of dirty) if (keeps(start)) bytes.set(whole.subarray(start, start + sector), start);
      return bytes;
    },
  });
  return tried.flatMap((hole) => [
    mixed(`a hole at ${hole}`, (start) => start !== hole),
    mixed(`only the sector at ${hole} written`, (start) => start === hole),
    mixed(`nothing written from ${hole}`, (start) => start < hole),
  ]);
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  const buffer = new Uint8Array(length);
  buffer.set(bytes.subarray(0, length));
  return buffer;
}
