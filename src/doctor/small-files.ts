import type { FileSystem } from '../fs/file-system.ts';

/** Makes a new file with this text, in one write. Not synced. */
export async function makeFile(fs: FileSystem, path: string, text = ''): Promise<void> {
  const file = await fs.open(path, 'append');
  try {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > 0) file.write(bytes, 0, bytes.length);
  } finally {
    file.close();
  }
}
