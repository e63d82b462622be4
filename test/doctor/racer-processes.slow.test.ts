import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startRacers } from '../../src/doctor/racer-processes.ts';
import { tempFolder } from '../support/temp-folder.ts';

const FILES = 60;

it('starts processes that race in the same files, race after race, and ends them', async () => {
  const directory = tempFolder();
  for (let index = 0; index < FILES; index += 1) writeFileSync(join(directory, `${index}.prey`), '');
  const racers = await startRacers(['one', 'two'], new AbortController().signal);
  onTestFinished(() => racers.close());
  const renames = await racers.race({ kind: 'rename', directory, files: FILES });
  expect(renames.map(({ racer, odd }) => [racer, odd])).toEqual([
    ['one', []],
    ['two', []],
  ]);
  const won = renames.flatMap((take) => take.won).toSorted((a, b) => a - b);
  expect(won).toEqual(Array.from({ length: FILES }, (_, index) => index));
  const links = await racers.race({ kind: 'link', directory, files: FILES });
  expect(links.flatMap((take) => take.won)).toHaveLength(FILES);
  await racers.close();
  await expect(racers.race({ kind: 'link', directory, files: FILES })).rejects.toThrow(/race with .*racer\.js/);
});

it('kills them when it is interrupted, and gives the reason', async () => {
  const controller = new AbortController();
  const racers = await startRacers(['one', 'two'], controller.signal);
  onTestFinished(() => racers.close());
  const race = racers.race({ kind: 'rename', directory: tempFolder(), files: 1e6 });
  controller.abort(new Error('enough'));
  await expect(race).rejects.toThrow('enough');
});

it('starts none once it is interrupted', async () => {
  await expect(startRacers(['one'], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});
