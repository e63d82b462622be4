import { parseClaimName, parseReadyName } from '../../formats/claim-name.ts';
import { parseControlName } from '../../formats/control-file.ts';
import { parseKeptName } from '../../formats/kept-name.ts';
import type { FileSystem } from '../../fs/file-system.ts';
import { scanIfThere } from '../../folders/in-order.ts';

/** - `put`: never claimed  - `again`: given back  - `claimed`, `done`, `failed`: as they are called */
export type FileState = 'put' | 'again' | 'claimed' | 'done' | 'failed';

/** A file of a message, as one look found it. Its path is unique to one step of that message. */
export interface SeenFile {
  readonly path: string;
  /** The message's own name. */
  readonly name: string;
  readonly state: FileState;
  /** Of a claim, this one included; of what was given back those that counted. */
  readonly attempt?: number;
  readonly consumer?: string;
  /** What a consumer claimed at once has one number, whatever becomes of it. */
  readonly claim?: number;
}

/** All that one look at a folder saw. */
export interface Glance {
  readonly files: ReadonlyMap<string, SeenFile>;
  readonly control: ReadonlySet<string>;
}

export interface GlancePlaces {
  readonly directory: string;
  readonly doneDir: string | null;
  readonly failedDir: string;
  readonly extension: string;
}

/** Looks at a folder, and where its files go after their end. */
export async function glance(fs: FileSystem, { directory, doneDir, failedDir, extension }: GlancePlaces): Promise<Glance> {
  const files = new Map<string, SeenFile>();
  const control = new Set<string>();
  const add = (file: SeenFile): void => void files.set(file.path, file);
  await fs.scan(directory, (file, kind) => {
    if (kind !== 'file') return;
    const seen = seenFile(directory, file, extension);
    if (seen !== undefined) add(seen);
    else if (parseControlName(file) !== null) control.add(file);
  });
  // After the folder: what is finished meanwhile is seen in both places, and never in none.
  for (const [place, state] of [
    [doneDir, 'done'],
    [failedDir, 'failed'],
  ] as const) {
    if (place === null) continue;
    await scanIfThere(fs, place, (file, kind) => {
      const name = kind === 'file' ? parseKeptName(file, extension) : null;
      if (name !== null) add({ path: `${place}/${file}`, name, state });
    });
  }
  return { files, control };
}

function seenFile(directory: string, file: string, extension: string): SeenFile | undefined {
  const path = `${directory}/${file}`;
  const ready = parseReadyName(file, extension);
  if (ready !== null) {
    return file === ready.name
      ? { path, name: ready.name, state: 'put' }
      : { path, name: ready.name, state: 'again', attempt: ready.attempts };
  }
  const found = parseClaimName(file, extension);
  if (found === null) return undefined;
  const { name, consumer, claim, attempt } = found;
  return { path, name, state: 'claimed', attempt, consumer, claim };
}
