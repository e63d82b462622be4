import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, type Ended, jsonLines } from '../dibs.ts';

/** A store in a directory of its own, and the commands of batches on it. */
export interface BatchAtHand {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  batch(...words: string[]): Promise<Ended>;
  /** How it stands, as `info --json` prints it. */
  info(id?: string): Promise<unknown>;
}

/** A batch `b` of these parts; none without. */
export async function batchOf(parts?: readonly unknown[], ...options: readonly string[]): Promise<BatchAtHand> {
  const cwd = tempFolder();
  const env = { DIBS_STORE: 'file:./s' };
  const batch = (...words: string[]): Promise<Ended> => dibs(['batch', ...words], { cwd, env });
  if (parts !== undefined) {
    const input = parts.map((part) => `${JSON.stringify(part)}\n`).join('');
    const { code, stderr } = await dibs(['batch', 'create', '-', '--id', 'b', ...options], { cwd, env, input });
    if (code !== 0) throw new Error(stderr);
  }
  return { cwd, env, batch, info: async (id = 'b') => jsonLines(await batch('info', id, '--json'))[0] };
}
