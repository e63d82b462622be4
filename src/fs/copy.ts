import { setImmediate as nextTurn } from 'node:timers/promises';
import { closeRead } from './close-read.ts';
import type { FileSystem, OpenFile } from './file-system.ts';
import { discardStage, openStage, writeAll } from './publish.ts';

/** How much is copied before other work has its turn. */
const CHUNK = 1024 * 1024;

/**
 * Copies a plain file to a new name that nobody else uses, and nobody reads yet. What can't be copied whole is removed
 * again, and the disk's error thrown. A stop leaves at most a part of it under that name.
 */
export async function copyFile(fs: FileSystem, from: string, stage: string, { sync }: { readonly sync: boolean }): Promise<void> {
  const source = await fs.open(from, 'read');
  try {
    await writeNewFile(fs, stage, chunksOf(source), { sync });
  } finally {
    closeRead(source);
  }
}

/** Writes a new file with all that comes, as `copyFile` does. */
export async function writeNewFile(
  fs: FileSystem,
  stage: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { sync }: { readonly sync: boolean },
): Promise<void> {
  const file = await openStage(fs, stage);
  try {
    try {
      for await (const chunk of chunks) {
        writeAll(file, chunk, stage);
        await nextTurn();
      }
      if (sync) await file.sync();
    } finally {
      file.close();
    }
  } catch (error) {
    await discardStage(fs, stage);
    throw error;
  }
}

function* chunksOf(file: OpenFile): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(CHUNK, Math.max(1, file.size())));
  for (let position = 0; ;) {
    const length = file.read(buffer, 0, buffer.length, position);
    if (length === 0) return;
    yield buffer.subarray(0, length);
    position += length;
  }
}
