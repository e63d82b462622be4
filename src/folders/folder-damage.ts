import { BEATING_FILE_BYTES, parseBeatingFile } from '../formats/beating-record.ts';
import { parseControlName } from '../formats/control-file.ts';
import { parseReport, REPORT_BYTES } from '../formats/failure-report.ts';
import { FOLDER_MANIFEST_FILE } from '../formats/folder-manifest.ts';
import { parseKeptReport } from '../formats/kept-name.ts';
import { parseReportStage, parseStageName } from '../formats/stage-name.ts';
import type { EntryKind } from '../fs/file-system.ts';
import { readSmallFile } from '../fs/small-file.ts';
import { whyStrange } from './folder-census.ts';
import type { FolderContext } from './folder-context.ts';
import { OWN_DIRECTORY } from './folder-layout.ts';
import type { FolderUser, FolderUsers } from './folder-users.ts';
import { inOrder } from './in-order.ts';
import { readControl } from './upstream.ts';

/** A file that is not what it should be, or that somebody left who is dead. */
export interface FolderDamage {
  /** Its path, from the folder if it lies in it. */
  readonly file: string;
  readonly reason: string;
}

/** Looks at every file of a folder queue, and tells of each that is damaged, that can't be served, or that is litter. */
export async function* folderDamage(
  context: FolderContext,
  watch: FolderUsers,
  isManifestDamaged: boolean,
): AsyncGenerator<FolderDamage, void, void> {
  if (isManifestDamaged)
    yield { file: `${OWN_DIRECTORY}/${FOLDER_MANIFEST_FILE}`, reason: 'it is no whole manifest: the next opening mends it' };
  yield* amongMessages(context);
  yield* amongReports(context);
  const users = await watch.look();
  yield* amongHeartbeats(context, users);
  yield* amongStages(context, users);
}

async function* amongMessages(context: FolderContext): AsyncGenerator<FolderDamage, void, void> {
  const { fs, layout, rules } = context;
  const pick = (file: string, kind: EntryKind): { name: string; file: string; reason: string | null } | undefined => {
    const reason = whyStrange(file, kind, rules.extension);
    const isToRead = reason === null && kind === 'file' && parseControlName(file) !== null;
    return reason === null && !isToRead ? undefined : { name: file, file, reason };
  };
  for await (const { file, reason } of inOrder(fs, layout.directory, pick)) {
    if (reason !== null) yield { file, reason };
    else if ((await readControl(context, file)) === null) yield { file, reason: 'it is no whole control file' };
  }
}

async function* amongReports({ fs, layout, rules }: FolderContext): AsyncGenerator<FolderDamage, void, void> {
  const { directory, failedDir } = layout;
  const pick = (file: string, kind: EntryKind): { name: string; file: string; beside: string } | undefined => {
    const report = kind === 'file' ? parseKeptReport(file, rules.extension) : null;
    return report === null ? undefined : { name: report.name, file, beside: report.file };
  };
  for await (const { file, beside } of inOrder(fs, failedDir, pick)) {
    const path = `${failedDir}/${file}`;
    const found = await readSmallFile(fs, path, REPORT_BYTES);
    if (found.kind === 'absent') continue;
    const shown = relativeTo(directory, path);
    if (!fs.exists(`${failedDir}/${beside}`)) yield { file: shown, reason: 'it is a report of a file that is not there any more' };
    else if (found.kind === 'strange' || parseReport(found.text) === null) yield { file: shown, reason: 'it is no whole report' };
  }
}

async function* amongHeartbeats({ fs, layout }: FolderContext, users: readonly FolderUser[]): AsyncGenerator<FolderDamage, void, void> {
  for (const { role, name, standing } of users) {
    const path = `${role === 'consumer' ? layout.consumers : layout.producers}/${name}`;
    const file = relativeTo(layout.directory, path);
    if (standing === 'dead') {
      yield { file, reason: `it is the heartbeat of a ${role} that is dead` };
      continue;
    }
    const found = await readSmallFile(fs, path, BEATING_FILE_BYTES);
    const isWhole = found.kind === 'absent' || (found.kind === 'text' && parseBeatingFile(found.text) !== null);
    if (!isWhole) yield { file, reason: 'it is no whole heartbeat' };
  }
}

/** A stage is litter if whose it is is dead; where that can't be told, if nobody lives who could show it. */
async function* amongStages({ fs, layout }: FolderContext, users: readonly FolderUser[]): AsyncGenerator<FolderDamage, void, void> {
  const living = new Set(users.filter(({ standing }) => standing !== 'dead').map(({ name }) => name));
  const isLitter = (file: string, directory: string): boolean => {
    const owner = directory === layout.stages ? parseStageName(file)?.owner : parseReportStage(file);
    if (owner) return !living.has(owner);
    const isOurs = directory === layout.stages || /^stage\.|\.gone$|^\.stage-/.test(file);
    return isOurs && living.size === 0;
  };
  for (const directory of new Set([layout.stages, layout.own, layout.doneDir, layout.failedDir])) {
    if (directory === null) continue;
    const pick = (file: string, kind: EntryKind): { name: string; file: string } | undefined =>
      kind === 'file' && isLitter(file, directory) ? { name: file, file } : undefined;
    for await (const { file } of inOrder(fs, directory, pick))
      yield { file: relativeTo(layout.directory, `${directory}/${file}`), reason: 'somebody who is gone staged it and never showed it' };
  }
}

function relativeTo(directory: string, path: string): string {
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
}
