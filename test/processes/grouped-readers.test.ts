import { describe, expect, it } from 'vitest';
import { fillGroups, GroupedReader, GROUPS, judgeGroups } from '../support/grouped-readers.ts';
import { tempFolder } from '../support/temp-folder.ts';

describe('F-28 of several processes', () => {
  it('F-16 F-43 of whom some are killed, the others complete what was decided, and get the rest again whole', async () => {
    const directory = tempFolder();
    const finish = await fillGroups(directory);
    // Each of the first readers dies at another of its groups, while it settles it.
    const doomed = [1, 3, 5].map((deadline) => new GroupedReader(directory, (reader) => reader.got.length === deadline && reader.kill()));
    const last = new GroupedReader(directory);
    await Promise.all([...doomed, last].map((reader) => reader.opened));
    await finish();
    for (const reader of doomed) expect(['SIGKILL', 0]).toContain(await reader.end());
    expect(await last.end()).toBe(0);
    const got = judgeGroups(directory, [...doomed, last]);
    const deaths = doomed.filter((reader) => reader.incomplete === undefined).length;
    expect(deaths).toBeGreaterThan(0);
    expect(got.length, 'twice only what somebody had who died').toBeLessThanOrEqual(GROUPS.length + deaths);
  });
});
