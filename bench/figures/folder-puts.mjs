/** Puts of small files that survive a power cut, beside the bare calls that each of them needs. Both sides in one process. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileName, fileText, numberOf } from '../files.mjs';
import { rateOf } from '../harness.mjs';
import { openWriter, putTexts } from '../ours-folders.mjs';
import { publishTexts } from '../peers/bare-folder.mjs';

const FILES = 5_000;
const IN_FLIGHT = 100;

function names(scale) {
  return Array.from({ length: FILES * scale }, (_, number) => fileName(number));
}

function textOf(name) {
  return fileText(numberOf(name));
}

function assertPut(directory, count) {
  const found = readdirSync(directory).filter((name) => name.endsWith('.tsv')).length;
  if (found !== count) throw new Error(`${found} files were put instead of ${count}.`);
}

export const family = {
  name: 'folder-puts',
  times: 2,
  sides: {
    async ours({ directory, scale }) {
      const files = names(scale);
      const writer = await openWriter(directory, { durability: 'power' });
      const rate = await rateOf(files.length, () => putTexts(writer, files, textOf, IN_FLIGHT));
      await writer.dispose();
      assertPut(directory, files.length);
      return rate;
    },
    async bare({ directory, scale }) {
      const files = names(scale);
      const stages = join(directory, 'stages');
      mkdirSync(stages);
      const rate = await rateOf(files.length, () => publishTexts(directory, stages, files, textOf, IN_FLIGHT));
      assertPut(directory, files.length);
      return rate;
    },
  },
  figures: [
    {
      name: 'folder-puts',
      title: "files put, 'power', 100 in flight",
      ours: 'ours',
      peer: 'bare',
      peerName: 'bare stage, fdatasync, link, unlink; directory syncs shared',
      atLeast: 0.8,
    },
  ],
};
