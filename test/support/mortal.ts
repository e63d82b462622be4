import { formatBeatingFile, parseBeatingFile } from '../../src/formats/beating-record.ts';
import type { FileSystem, OpenFile } from '../../src/fs/file-system.ts';
import { withCalls } from '../../src/fs/with-calls.ts';

/**
 * A disk on which every owner and consumer signs as a process of this machine that is no more: so what opens a queue on it can be
 * succeeded at once within the one process that all of a test runs in.
 */
export function mortal(fs: FileSystem): FileSystem {
  return withCalls(fs, {
    open: async (path, mode) => {
      const file = await fs.open(path, mode);
      return mode === 'append' ? signedAsDead(file) : file;
    },
  });
}

function signedAsDead(file: OpenFile): OpenFile {
  let signed: { readonly from: Uint8Array; readonly as: Uint8Array } | undefined;
  return {
    write(bytes, offset, length, position) {
      if (signed?.from !== bytes) signed = { from: bytes, as: asDead(bytes) };
      return file.write(signed.as, offset, length, position);
    },
    read: (bytes, offset, length, position) => file.read(bytes, offset, length, position),
    size: () => file.size(),
    links: () => file.links(),
    truncate: (length) => file.truncate(length),
    syncNow: () => file.syncNow(),
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

/** Another start time with as many digits, so that the bytes are as many. All else stays as it is. */
function asDead(bytes: Uint8Array): Uint8Array {
  const isBeating = bytes.length < 4096 && bytes[10] === 10 && bytes[0] === 0x30;
  const found = isBeating ? parseBeatingFile(new TextDecoder().decode(bytes)) : null;
  if (found === null) return bytes;
  const startTime = String(found.fields['startTime']).replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
  return new TextEncoder().encode(formatBeatingFile({ ...found.fields, startTime }));
}
