/** As folder-drain.mjs, by bare calls: one listing, then a rename and an unlink a file. */
import { mkdirSync } from 'node:fs';
import { makeFiles } from '../files.mjs';
import { answer, settings } from '../fresh-process.mjs';
import { claimAndRemove } from '../peers/bare-folder.mjs';

const WARM_UP = 10;
const WARM_UP_FILES = 1_000;
const { directory, files, drains } = settings();

function drain(name, count, times) {
  const folder = `${directory}/${name}`;
  mkdirSync(folder);
  let spent = 0;
  for (let round = 0; round < times; round += 1) {
    makeFiles(folder, count);
    const start = performance.now();
    const claimed = claimAndRemove(folder);
    spent += performance.now() - start;
    if (claimed !== count) throw new Error(`${claimed} files were taken of ${count}.`);
  }
  return (count * times) / (spent / 1_000);
}

drain('warm', WARM_UP_FILES, WARM_UP);
answer({ rate: drain('measured', files, drains) });
