import { describe, expect, it } from 'vitest';
import { isBeingGivenUp, whoGivesUp } from '../../src/folders/giving-up.ts';
import { formatReport } from '../../src/formats/failure-report.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { openActor } from '../support/folder-ground.ts';

const report = (consumer: string): string =>
  formatReport({ name: 'b.tsv', attempt: 3, consumer, at: '2026-11-21T13:04:05.123Z', error: { name: 'Error', message: 'no' } });

describe('a group that is being given up', () => {
  it('is known by its first file, whoever has it', async () => {
    const files = ['a.tsv.etl-1-7-aa-1a3.failing', 'b.tsv.etl-2-8-bb-1a1.wip', 'c.tsv.etl-3-9-cc-1a1.finished', 'd.tsv', 'failing'];
    const { context } = await openActor(memoryDisk(Object.fromEntries(files.map((file) => [`/q/${file}`, '']))));
    expect([...(await whoGivesUp(context))]).toEqual(['etl-1-7-aa']);
  });

  it('may have any file that its consumer reported, or that nobody did, and none if there is no such group', async () => {
    const { context } = await openActor(
      memoryDisk({
        '/q/failed/a.tsv': '',
        '/q/failed/b.tsv': '',
        '/q/failed/b.tsv.error.json': report('etl-1-7-aa'),
        '/q/failed/c.tsv': '',
        '/q/failed/c.tsv.error.json': report('etl-2-8-bb'),
        '/q/failed/d.tsv': '',
        '/q/failed/d.tsv.error.json': 'damaged',
      }),
    );
    const theirs = async (consumers: ReadonlySet<string>): Promise<string[]> => {
      const found: string[] = [];
      for (const file of ['a.tsv', 'b.tsv', 'c.tsv', 'd.tsv']) if (await isBeingGivenUp(context, file, consumers)) found.push(file);
      return found;
    };
    expect(await theirs(new Set(['etl-1-7-aa']))).toEqual(['a.tsv', 'b.tsv', 'd.tsv']);
    expect(await theirs(new Set())).toEqual([]);
  });
});
