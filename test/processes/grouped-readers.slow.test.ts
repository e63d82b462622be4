import { describe, expect, it } from 'vitest';
import { fillGroups, GroupedReader, GROUPS, judgeGroups } from '../support/grouped-readers.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';

describe('F-28 of several processes', () => {
  it.each(DEEP ? [2, 4] : [3])('each gets all of a group or none of it, and each group comes once: %i readers', async (count) => {
    const directory = tempFolder();
    const finish = await fillGroups(directory);
    const readers = Array.from({ length: count }, () => new GroupedReader(directory));
    await Promise.all(readers.map((reader) => reader.opened));
    await finish();
    for (const reader of readers) expect(await reader.end()).toBe(0);
    const got = judgeGroups(directory, readers);
    expect(got.map(({ group, attempt }) => `${group}#${attempt}`).toSorted()).toEqual(GROUPS.map((group) => `${group}#1`));
    expect(readers.filter((reader) => reader.got.length > 0).length, 'nobody did all of it').toBeGreaterThan(1);
    for (const reader of readers) {
      expect(reader.incomplete).toEqual([{ group: 'tail', files: ['tail_east.tsv'], missing: ['north', 'south'] }]);
    }
  });
});
