import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { examineFolder } from '../../src/doctor/examine.ts';
import type { ExamineOptions } from '../../src/doctor/examine.ts';
import type { FolderReport } from '../../src/doctor/folder-report.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Nothing of the folder is touched, whatever happens. */
async function examined(options: ExamineOptions): Promise<FolderReport> {
  const folder = tempFolder();
  writeFileSync(join(folder, 'message.tsv'), 'x');
  try {
    return await examineFolder(folder, options);
  } finally {
    expect(readdirSync(folder)).toEqual(['message.tsv']);
  }
}

it('races real processes, and gives plain data', async () => {
  const report = await examined({ processes: 3 });
  expect(report.findings.races).toMatchObject({
    runs: 1,
    renames: { racers: 3, fair: report.findings.races.renames.files, doubled: 0, lost: 0 },
    links: { racers: 3, doubled: 0, lost: 0 },
  });
  expect(report.findings.others).toBeNull();
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

it('is held together by two runs, whose processes race in the same files', async () => {
  const folder = tempFolder();
  const both = await Promise.all([1, 2].map(() => examineFolder(folder, { processes: 2, together: 2 })));
  const [first, second] = both.map(({ findings }) => findings);
  for (const report of both) {
    expect(report.findings.races).toMatchObject({ runs: 2, renames: { racers: 4, doubled: 0, lost: 0 }, links: { racers: 4, doubled: 0 } });
    expect(report.findings.others).toEqual([expect.objectContaining({ pid: process.pid, listingMs: expect.any(Number) })]);
  }
  // Each judged all of it.
  expect(first?.races).toEqual(second?.races);
  expect(readdirSync(folder)).toEqual([]);
});
