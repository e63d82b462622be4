import type { FailureReason } from '../formats/failure-reason.ts';
import { formatReportName, parseReport, REPORT_BYTES } from '../formats/failure-report.ts';
import { parseKeptName } from '../formats/kept-name.ts';
import { readSmallFile } from '../fs/small-file.ts';
import type { FolderContext } from './folder-context.ts';
import { inOrder, type NamedEntry } from './in-order.ts';

/** A message that was given up. What its report does not tell, because it is missing or damaged, is undefined. */
export interface FailedFile {
  /** The message's own name. */
  readonly name: string;
  /** Where it lies: under another name, where an earlier one has that. */
  readonly path: string;
  readonly attempts: number | undefined;
  readonly error: FailureReason | undefined;
  /** When it was given up, by the clock of who did, as ISO 8601. */
  readonly at: string | undefined;
}

/** What was given up, by name. */
export async function* failedFiles({ fs, layout, rules }: FolderContext): AsyncGenerator<FailedFile, void, void> {
  const { failedDir } = layout;
  const pick = (file: string, kind: string): NamedEntry | undefined => {
    const name = kind === 'file' ? parseKeptName(file, rules.extension) : null;
    return name === null ? undefined : { name, file };
  };
  for await (const { name, file } of inOrder(fs, failedDir, pick)) {
    const path = `${failedDir}/${file}`;
    const found = await readSmallFile(fs, `${failedDir}/${formatReportName(file)}`, REPORT_BYTES);
    const report = found.kind === 'text' ? parseReport(found.text) : null;
    yield { name, path, attempts: report?.attempt, error: report?.error, at: report?.at };
  }
}
