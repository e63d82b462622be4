import type { Clock } from '../../src/clock.ts';
import { takeBack } from '../../src/folders/take-back.ts';
import type { Claimer } from '../../src/folders/claim.ts';
import { takeFile } from '../../src/folders/claim.ts';
import { folderContext, type FolderContext, type FolderDurability, UniqueNames } from '../../src/folders/folder-context.ts';
import { layoutOf } from '../../src/folders/folder-layout.ts';
import { type FolderLook, lookAtFolder } from '../../src/folders/folder-look.ts';
import { finish } from '../../src/folders/settle.ts';
import { StrangeFiles } from '../../src/folders/strange-files.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { ExploredDisk } from './explored-disk.ts';

export interface FolderRules {
  readonly doneDir?: string | null | undefined;
  readonly durability?: FolderDurability | undefined;
  readonly maxAttempts?: number | undefined;
  readonly clock?: Clock | undefined;
}

const STOPPED: Clock = { monotonic: () => 0, wall: () => new Date(0), after: () => () => undefined };

/** The folder `/q`, as somebody of this name works on it. */
export function exploredContext(fs: FileSystem, name: string, rules: FolderRules = {}): Promise<FolderContext> {
  const { doneDir, durability = 'process', maxAttempts = 1_000, clock = STOPPED } = rules;
  const layout = layoutOf('/q', doneDir === undefined ? {} : { doneDir });
  return folderContext({ fs, clock, layout, rules: { extension: '.tsv', maxAttempts }, durability, names: new UniqueNames(name) });
}

/** An empty folder, with these messages. */
export async function fillFolder(disk: ExploredDisk, fs: FileSystem, files: Readonly<Record<string, string>>): Promise<void> {
  for (const directory of ['/q', '/q/done', '/q/failed', '/q/.dibs', '/q/.dibs/stages', '/q/.dibs/consumers', '/q/.dibs/producers', '/src'])
    disk.mkdir(directory);
  for (const [path, text] of Object.entries(files)) {
    const file = await fs.open(path, 'append');
    file.write(Buffer.from(text), 0, text.length);
    file.close();
  }
}

export function lookAt({ fs }: FolderContext): Promise<FolderLook> {
  const strange = new StrangeFiles(undefined);
  return lookAtFolder(fs, { directory: '/q', extension: '.tsv', keyOf: (name) => name, limit: Infinity, strange });
}

/** The message lies at this path, whole. */
export function textAt(disk: ExploredDisk, path: string): string | undefined {
  return disk.files()[path];
}

/** What somebody does who comes when all others are dead: what was theirs comes back, and all is finished. Gives what was delivered. */
export async function workOff(context: FolderContext, disk: ExploredDisk, deliver: (text: string | undefined) => void): Promise<void> {
  let claim = 0;
  const claimer = (): Claimer => ({ consumer: 'last', claim: (claim += 1) });
  for (let round = 0; round < 9; round += 1) {
    await takeBack(context, (await lookAt(context)).claims, claimer);
    const { ready } = await lookAt(context);
    if (ready.length === 0) return;
    for (const { file } of ready) {
      const taken = await takeFile(context, file, claimer());
      if (taken.kind === 'over') continue;
      if (taken.kind === 'lost') throw new Error(`${file} is lost`);
      deliver(textAt(disk, taken.claim.path));
      if (!(await finish(context, taken.claim))) throw new Error(`the claim ${taken.claim.path} is lost`);
    }
  }
  throw new Error('there is no end of it');
}

/** What lies where finished and given-up messages do, without reports and stages, sorted. */
export function keptTexts(disk: ExploredDisk): string[] {
  const files = Object.entries(disk.files()).filter(([path]) => /^\/q\/(?:done|failed)\/[a-z]\.tsv(?:~\w+)?$/.test(path));
  return files.map(([, text]) => text).toSorted();
}

/** What is left of messages where they are ready or claimed. */
export function leftFiles(disk: ExploredDisk): string[] {
  return Object.keys(disk.files()).filter((path) => /^\/q\/[^/]+\.(?:tsv|again|wip|finished|failing)$/.test(path));
}
