import { describe, expect, it } from 'vitest';
import { parseJournalName } from '../../src/formats/journal-name.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { doneFile, id, keptFile, putFile, puts, records } from '../support/journal-text.ts';
import { readHoldings } from '../support/read-holdings.ts';

function nameOf(path: string): string {
  return path.slice(3);
}

describe('which journals a done journal speaks of', () => {
  it('is noted with each line, and forgotten with each journal that goes', async () => {
    const { holdings } = await readHoldings(
      new CrashingDisk({
        [putFile(1)]: puts(1, 1, '1', '2', '3'),
        [putFile(2)]: puts(2, 1, '1', '2'),
        [doneFile(2)]: records(`done\t${id(1, 1)}`, `done\t${id(2, 1)}`),
        [keptFile(2)]: records(`${id(0, 7)}\t\t1\t0\t\t7`),
      }).process(),
    );
    const { doneFiles } = holdings;
    const name = parseJournalName(nameOf(doneFile(5)));
    if (name === null) throw new Error('no name');
    const file = { file: nameOf(doneFile(5)), name, speaksOf: new Set<string>(), closes: false };
    doneFiles.begin(file);
    for (const [run, sequence, count] of [
      [1, 1, 2],
      [2, 1, 1],
      [1, 3, 1],
      [0, 7, 1],
    ] as const)
      doneFiles.spoke({ run, sequence, count });
    doneFiles.spoke('closed');
    expect(file).toMatchObject({ speaksOf: new Set([nameOf(putFile(1)), nameOf(putFile(2)), 'kept']), closes: true });
    const [, first] = holdings.older;
    if (first !== undefined) holdings.drop(first, 1);
    expect([...doneFiles].map(({ speaksOf }) => [...speaksOf])).toEqual([[nameOf(putFile(2))], [nameOf(putFile(2)), 'kept']]);
  });

  it('lets those go that speak of nothing any more, but for the last one and the one that closes', async () => {
    const { holdings } = await readHoldings(
      new CrashingDisk({
        [putFile(1)]: puts(1, 1, '1'),
        [putFile(2)]: puts(2, 1, '1'),
        [doneFile(1)]: records(`done\t${id(1, 1)}`),
        [doneFile(2)]: records(`done\t${id(1, 1)}`, 'closed'),
        [doneFile(3)]: records(`taken\t${id(1, 1)}\t1\t1`, `taken\t${id(2, 1)}\t1\t1`),
        [doneFile(4)]: records(`done\t${id(1, 1)}`),
      }).process(),
    );
    const { doneFiles } = holdings;
    const idle = (): string[] => doneFiles.idle().map(({ file }) => file);
    expect(idle()).toEqual([]);
    const [first] = holdings.older;
    if (first !== undefined) doneFiles.gone(first);
    expect(idle()).toEqual([nameOf(doneFile(1))]);
    for (const file of doneFiles.idle()) doneFiles.remove(file);
    expect([...doneFiles].map(({ file }) => file)).toEqual([2, 3, 4].map((run) => nameOf(doneFile(run))));
  });
});
