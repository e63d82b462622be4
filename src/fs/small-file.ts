import { closeRead } from './close-read.ts';
import { isErrno } from './errno.ts';
import type { FileSystem } from './file-system.ts';

/** What a small file holds, or why it is not to be had. */
export type SmallFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  /** Something else has that name, or the file is longer than any of ours. */
  | { readonly kind: 'strange'; readonly reason: string };

/** Reads a file of at most `limit` bytes at once. What the disk refuses is thrown. */
export async function readSmallFile(fs: FileSystem, path: string, limit: number): Promise<SmallFile> {
  const file = await fs.open(path, 'read').catch(whyNot);
  if ('kind' in file) return file;
  try {
    const bytes = new Uint8Array(limit + 1);
    let length = 0;
    for (let more = -1; more !== 0 && length < bytes.length; length += more) more = file.read(bytes, length, bytes.length - length, length);
    if (length > limit) return { kind: 'strange', reason: `it is longer than ${limit} bytes` };
    return { kind: 'text', text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, length)) };
  } finally {
    closeRead(file);
  }
}

function whyNot(error: unknown): SmallFile {
  if (isErrno(error, 'ENOENT')) return { kind: 'absent' };
  if (isErrno(error, 'EISDIR')) return { kind: 'strange', reason: 'it is a directory' };
  if (isErrno(error, 'ELOOP')) return { kind: 'strange', reason: 'it is a symbolic link' };
  if (isErrno(error, 'EINVAL')) return { kind: 'strange', reason: 'it is no plain file' };
  throw error;
}
