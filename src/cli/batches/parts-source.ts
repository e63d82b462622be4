import { errnoName, isErrno } from '../../fs/errno.ts';
import type { Surroundings } from '../command.ts';
import { machineDisk } from '../library.ts';
import { readBytes } from '../read-bytes.ts';
import { UsageError } from '../usage-error.ts';
import { parseValue, readLines } from '../value-source.ts';

/** The parts in a file of JSON lines; `-` is stdin. @throws UsageError for a line that is no JSON, and a file that can't be read */
export async function* partsIn(file: string, { stdin }: Pick<Surroundings, 'stdin'>): AsyncGenerator<unknown, void, void> {
  const from = file === '-' ? 'stdin' : file;
  const bytes = file === '-' ? stdin : bytesOf(file);
  let part = 0;
  for await (const texts of readLines(bytes, { nul: false, from }))
    for (const text of texts) yield parseValue(text, `part ${++part} of ${from}`, true);
}

async function* bytesOf(file: string): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* readBytes(await machineDisk(), file);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EISDIR', 'ELOOP', 'EINVAL', 'ENOTDIR')) throw error;
    throw new UsageError(`${file} can't be read (${errnoName(error) ?? 'unknown'}): give a plain file, or - for stdin`, { cause: error });
  }
}
