import { makeFile } from './small-files.ts';
import type { Workplace } from './workplace.ts';

/** Which different names are one here, and whether a listing gives names back as they were given. */
export interface FoldingFinding {
  /** `a` finds `A`. */
  readonly ignoresCase: boolean;
  /** An accented letter as one character and as a letter with an accent are one name. */
  readonly ignoresNormalForm: boolean;
  /** A listing gives the very bytes that a name was made with. */
  readonly keepsBytes: boolean;
}

const COMPOSED = 'caf\u00e9';
const DECOMPOSED = 'cafe\u0301';

export async function examineFolding(place: Workplace): Promise<FoldingFinding> {
  return {
    ignoresCase: await finds(place, 'case', 'Sales-A.tsv', 'sales-a.TSV'),
    ignoresNormalForm: await finds(place, 'form', COMPOSED, DECOMPOSED),
    keepsBytes:
      (await isKept(place, 'mixed-case', 'Sales-A.tsv')) &&
      (await isKept(place, 'composed', COMPOSED)) &&
      (await isKept(place, 'decomposed', DECOMPOSED)),
  };
}

async function finds(place: Workplace, room: string, made: string, asked: string): Promise<boolean> {
  const directory = await place.room(room);
  await makeFile(place.fs, `${directory}/${made}`);
  return (await place.fs.lstat(`${directory}/${asked}`)) !== undefined;
}

async function isKept(place: Workplace, room: string, name: string): Promise<boolean> {
  const directory = await place.room(room);
  await makeFile(place.fs, `${directory}/${name}`);
  return (await place.fs.readdir(directory)).join('/') === name;
}
