/** What plain Node can do with the files of a folder: the bounds that no queue of files can pass. */
import { readdirSync, renameSync, unlinkSync } from 'node:fs';
import { link, open, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { numberOf } from '../files.mjs';
import { eachInFlight } from '../in-flight.mjs';

/** As long as our names for a claim: a rename costs by the length of its names. */
const CONSUMER = `${hostname().toLowerCase().slice(0, 20)}-${process.pid}-0123abcd`;

function readyNames(directory) {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.tsv'))
    .sort();
}

/** One listing; then each file, in order, by a rename to a name of its own, and by `finish` from there. Gives how many there were. */
function claimEach(directory, finish) {
  let claims = 0;
  for (const name of readyNames(directory)) {
    claims += 1;
    const claim = `${directory}/${name}.${CONSUMER}-${claims}a1.wip`;
    renameSync(`${directory}/${name}`, claim);
    finish(claim, name);
  }
  return claims;
}

export function claimAndKeep(directory, doneDir) {
  return claimEach(directory, (claim, name) => renameSync(claim, `${doneDir}/${name}`));
}

export function claimAndRemove(directory) {
  return claimEach(directory, (claim) => unlinkSync(claim));
}

/**
 * Beside others who do the same: each tries every name, or every `of`-th from the `first`, which then nobody else wants, and
 * removes what it was the first to rename. What was listed while others renamed may lack a name, or have one twice.
 */
export function takeInOrder(directory, first = 0, of = 1) {
  const claims = { tries: 0, won: 0 };
  const wanted = () => readyNames(directory).filter((name) => numberOf(name) % of === first);
  for (let names = wanted(); names.length > 0; names = wanted()) {
    for (const name of names) {
      claims.tries += 1;
      const claim = `${directory}/${name}.${CONSUMER}-${claims.tries}a1.wip`;
      try {
        renameSync(`${directory}/${name}`, claim);
      } catch (error) {
        if (error.code === 'ENOENT') continue;
        throw error;
      }
      claims.won += 1;
      unlinkSync(claim);
    }
  }
  return claims;
}

/** Each text staged and synced, linked under its name, which survives a power cut too, and unstaged. */
export async function publishTexts(directory, stages, names, textOf, inFlight) {
  const sync = sharedSync(directory);
  await eachInFlight(names, inFlight, async (name) => {
    const stage = `${stages}/stage.${name}`;
    const file = await open(stage, 'wx');
    await file.writeFile(textOf(name));
    await file.datasync();
    await file.close();
    await link(stage, `${directory}/${name}`);
    await sync();
    await unlink(stage);
  });
}

/** Syncs a directory: who asks while a sync runs, which may have begun too early for it, shares the next one. */
function sharedSync(directory) {
  let running;
  let next;
  async function run() {
    const handle = await open(directory, 'r');
    await handle.sync();
    await handle.close();
  }
  function begin() {
    next = undefined;
    running = run().finally(() => (running = undefined));
    return running;
  }
  return () => {
    if (running === undefined) return begin();
    next ??= running.then(begin);
    return next;
  };
}
