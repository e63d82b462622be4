import { formatReportName, parseReport, REPORT_BYTES } from '../../formats/failure-report.ts';
import type { FileSystem } from '../../fs/file-system.ts';
import { readSmallFile } from '../../fs/small-file.ts';
import type { Happening } from './happenings.ts';

/** Why a message was given up. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** Why a file was given up, as far as its report is there yet. */
export async function failureOf(fs: FileSystem, { event, path }: Happening): Promise<Failure | undefined> {
  if (event !== 'failed') return undefined;
  const found = await readSmallFile(fs, formatReportName(path), REPORT_BYTES);
  const report = found.kind === 'text' ? parseReport(found.text) : null;
  return report === null ? undefined : { name: report.error.name, message: report.error.message };
}
