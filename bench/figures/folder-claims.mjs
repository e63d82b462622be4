/**
 * claim + done by one process, beside the two bare calls that it can't do without. Listing counts on both sides; making the
 * files does not. All sides in one process: many short turns, since what a rename costs changes by the second.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileName, makeFiles } from '../files.mjs';
import { rateNow, settleDisk } from '../harness.mjs';
import { drainFiles, openReader } from '../ours-folders.mjs';
import { claimAndKeep, claimAndRemove } from '../peers/bare-folder.mjs';

const FILES = 5_000;

function countLeft(directory) {
  return readdirSync(directory).filter((name) => name.startsWith(fileName(0).slice(0, 5))).length;
}

function assertDrained(directory, doneDir, count) {
  const left = countLeft(directory);
  if (left > 0) throw new Error(`${left} files are left of ${count}.`);
  const kept = doneDir === null ? count : countLeft(doneDir);
  if (kept !== count) throw new Error(`${kept} files were kept of ${count}.`);
}

function ours(doneDirOf) {
  return async ({ directory, scale }) => {
    const count = FILES * scale;
    const doneDir = doneDirOf(directory);
    const reader = await openReader(directory, { durability: 'process', doneDir });
    if (doneDir !== null) mkdirSync(doneDir, { recursive: true });
    makeFiles(directory, count);
    settleDisk();
    const rate = await rateNow(count, () => drainFiles(reader, count));
    await reader.dispose();
    assertDrained(directory, doneDir, count);
    return rate;
  };
}

function bare(doneDirOf, claim) {
  return async ({ directory, scale }) => {
    const count = FILES * scale;
    const doneDir = doneDirOf(directory);
    if (doneDir !== null) mkdirSync(doneDir);
    makeFiles(directory, count);
    settleDisk();
    const rate = await rateNow(count, () => claim(directory, doneDir));
    assertDrained(directory, doneDir, count);
    return rate;
  };
}

const kept = (directory) => join(directory, 'done');
const removed = () => null;

export const family = {
  name: 'folder-claims',
  times: 4,
  sides: {
    keep: ours(kept),
    bareKeep: bare(kept, claimAndKeep),
    remove: ours(removed),
    bareRemove: bare(removed, claimAndRemove),
  },
  figures: [
    {
      name: 'folder-keep',
      title: "claim + done of files, 'process'",
      ours: 'keep',
      peer: 'bareKeep',
      peerName: 'two bare renameSync',
      atLeast: 0.8,
    },
    {
      name: 'folder-remove',
      title: 'the same, doneDir: null',
      ours: 'remove',
      peer: 'bareRemove',
      peerName: 'bare renameSync + unlinkSync',
      atLeast: 0.8,
    },
  ],
};
