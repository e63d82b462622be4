import type { Writable } from 'node:stream';

/**
 * Writes to a program what it is to read, no faster than it reads. It need not read it all. Rejects with what the source
 * threw, and calls `kill` before the program can take that for the end of it.
 */
export async function feedProgram(stdin: Writable, pieces: AsyncIterable<string>, kill: () => void): Promise<void> {
  try {
    for await (const piece of pieces) {
      if (stdin.destroyed) return;
      if (!stdin.write(piece)) await roomIn(stdin);
    }
  } catch (error) {
    kill();
    throw error;
  } finally {
    stdin.end();
  }
}

function roomIn(stdin: Writable): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      stdin.off('drain', settle);
      stdin.off('close', settle);
      resolve();
    };
    stdin.on('drain', settle);
    stdin.on('close', settle);
    if (stdin.destroyed) settle();
  });
}
