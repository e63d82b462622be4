import type { FileSystem } from '../fs/file-system.ts';

const PIECE = 64 * 1024;

/** The bytes of a plain file, piece by piece. */
export async function* readBytes(fs: FileSystem, path: string): AsyncGenerator<Uint8Array, void, void> {
  const file = await fs.open(path, 'read');
  try {
    for (let position = 0; ;) {
      const piece = new Uint8Array(PIECE);
      const length = file.read(piece, 0, PIECE, position);
      if (length === 0) return;
      position += length;
      yield piece.subarray(0, length);
    }
  } finally {
    file.close();
  }
}
