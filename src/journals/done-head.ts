import type { DoneLine } from '../formats/done-line.ts';
import type { Holdings } from './holdings.ts';

/**
 * What each done journal of a run begins with: how much of older journals was there when it took over, and what is gone.
 * Said anew in each, since the one that said it before may be removed.
 */
export function doneHead(holdings: Holdings, run: number): DoneLine[] {
  const { older, doneFiles, limits, gone, goneRun } = holdings;
  const lines: DoneLine[] = older.filter(({ name }) => name.kind === 'put').map(({ file, bytes }) => ({ kind: 'read', file, bytes }));
  for (const { file, name } of doneFiles) {
    const bytes = limits.get(file);
    if (name.run < run && bytes !== undefined) lines.push({ kind: 'read', file, bytes });
  }
  if (goneRun > 0) lines.push({ kind: 'gone', run: goneRun, sequence: 0, count: 0, total: gone });
  return lines;
}
