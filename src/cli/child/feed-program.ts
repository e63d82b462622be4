import type { Writable } from 'node:stream';

/**
 * Writes to a program what it is to read, no faster than it reads. It need not read it all. Rejects with what the source
 * threw; the program sees an early end then.
 */
export async function feedProgram(stdin: Writable, pieces: AsyncIterable<string>): Promise<void> {
  try {
    for await (const piece of pieces) {
      if (stdin.destroyed) return;
      if (!stdin.write(piece)) await roomIn(stdin);
    }
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
