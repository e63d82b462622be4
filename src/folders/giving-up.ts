import { parseClaimName } from '../formats/claim-name.ts';
import { formatReportName, parseReport, REPORT_BYTES } from '../formats/failure-report.ts';
import { readSmallFile } from '../fs/small-file.ts';
import type { FolderContext } from './folder-context.ts';

/**
 * Who is giving a group up right now: of its files some lie where those are that were given up, the others not yet. The
 * first of them says so from the decision to the very end.
 */
export async function whoGivesUp({ fs, layout, rules }: FolderContext): Promise<Set<string>> {
  const consumers = new Set<string>();
  await fs.scan(layout.directory, (file, kind) => {
    const claim = kind === 'file' ? parseClaimName(file, rules.extension) : null;
    if (claim?.state === 'failing') consumers.add(claim.consumer);
  });
  return consumers;
}

/** Whether a file among those that were given up may be of such a group. Without a report it may be of any. */
export async function isBeingGivenUp({ fs, layout }: FolderContext, file: string, consumers: ReadonlySet<string>): Promise<boolean> {
  if (consumers.size === 0) return false;
  const found = await readSmallFile(fs, `${layout.failedDir}/${formatReportName(file)}`, REPORT_BYTES);
  const report = found.kind === 'text' ? parseReport(found.text) : null;
  return report === null || consumers.has(report.consumer);
}
