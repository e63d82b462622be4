/**
 * What is done to a folder while the disk fails or the process is killed, at each call in turn. What is asked and what was
 * promised goes to the ledger that folder-checker.mjs reads.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { purgeFolder, resetFolder, retryFolder } from 'dibs';
import { got, groups, put, reader, settle, take, textOf, told, writer } from './folder-acts.mjs';

export const FOLDER_SCENES = {
  async fill(stage) {
    const queue = await writer(stage);
    for (let number = 1; number <= 3 * stage.size; number += 1) await put(queue, stage, `load-${number}.tsv`);
  },

  async 'fill groups'(stage) {
    const queue = await writer(stage);
    for (const name of ['one-a.tsv', 'one-b.tsv', 'two-a.tsv', 'two-b.tsv']) await put(queue, stage, name);
  },

  'put a text': async (stage) => {
    const queue = await writer(stage);
    for (let round = 1; round <= stage.size; round += 1) {
      await put(queue, stage, `text-${round}.tsv`);
      await Promise.all([put(queue, stage, `one-${round}.tsv`), put(queue, stage, `two-${round}.tsv`)]);
    }
    await queue.close();
  },

  'lay out': async (stage) => {
    mkdirSync(stage.source, { recursive: true });
    for (let number = 1; number <= 2 * stage.size; number += 1)
      writeFileSync(join(stage.source, `file-${number}.tsv`), textOf(`file-${number}.tsv`));
  },

  'put a copy': async (stage) => {
    const queue = await writer(stage);
    for (const name of sources(stage)) await told(stage, 'put', name, () => queue.put(join(stage.source, name), { copy: true }));
    await queue.close();
  },

  /** Moves each, and the next who is told to do the same finishes what was begun: it is one put. */
  move: async (stage) => {
    const queue = await writer(stage);
    for (const name of sources(stage)) {
      const isBegun = readFileSync(stage.ledger, 'utf8').includes(`"put?","name":"${name}"`);
      if (!isBegun) stage.note('put?', { name });
      await queue.put(join(stage.source, name));
      stage.note('put!', { name });
    }
    await queue.close();
  },

  /** Says that it failed; the next run says that it is done. */
  async fail(stage) {
    const queue = await writer(stage);
    await put(queue, stage, 'load-1.tsv');
    await queue.fail(new Error('no more'));
    await queue.dispose();
    const next = await writer(stage);
    await put(next, stage, 'load-2.tsv');
    await next.close();
  },

  async done(stage) {
    const queue = await reader(stage);
    for (let left = 2 * stage.size; left > 0; left -= 1) await settle('done', await take(queue, stage), stage);
  },

  async 'give up'(stage) {
    const queue = await reader(stage);
    await settle('giveUp', await take(queue, stage), stage);
    const file = await take(queue, stage);
    await settle('fail', file, stage, new Error('not today'));
    await settle('release', await take(queue, stage), stage);
  },

  /** Dies with two in its hands. */
  async hold(stage) {
    const queue = await reader(stage);
    await take(queue, stage);
    await take(queue, stage);
    process.kill(process.pid, 'SIGKILL');
  },

  async 'take back'(stage) {
    const queue = await reader(stage);
    await settle('done', await take(queue, stage), stage);
    await settle('release', await take(queue, stage), stage);
  },

  async 'finish groups'(stage) {
    const queue = await groups(stage);
    await settle('done', await take(queue, stage), stage);
    await settle('giveUp', await take(queue, stage), stage);
  },

  async 'release groups'(stage) {
    const queue = await groups(stage);
    await settle('release', await take(queue, stage), stage);
    await settle('fail', await take(queue, stage), stage, new Error('not today'));
  },

  async 'hold groups'(stage) {
    const queue = await groups(stage);
    await take(queue, stage);
    process.kill(process.pid, 'SIGKILL');
  },

  async reset(stage) {
    await resetFolder(stage.directory, keeping(stage));
  },

  async retry(stage) {
    for (const name of readdirSync(join(stage.directory, 'failed'))) if (name.endsWith('.tsv')) stage.note('retry?', { name });
    await retryFolder(stage.directory, undefined, keeping(stage));
  },

  async purge(stage) {
    // What is no queue any more is an error to purge: an empty folder, or one where a disk said of an empty directory that it was not.
    if (stage.actor !== 'victim' && !readdirSync(stage.directory).includes('.dibs')) return;
    await purgeFolder(stage.directory, keeping(stage));
  },

  /** Shows signs of life quickly, and idles meanwhile. */
  async beat(stage) {
    const queue = await reader(stage);
    const file = await take(queue, stage);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await settle('done', file, stage);
  },

  async 'work off'(stage) {
    await (await writer(stage)).close();
    const queue = await reader(stage);
    for await (const file of queue) await settle('done', got(file, stage), stage);
  },

  async 'move the rest, work off'(stage) {
    await FOLDER_SCENES.move(stage);
    await FOLDER_SCENES['work off'](stage);
  },

  async 'work off groups'(stage) {
    await (await writer(stage)).close();
    const queue = await groups(stage);
    for await (const group of queue) await settle('done', got(group, stage), stage);
  },
};

const keeping = ({ options: { doneDir } }) => (doneDir === undefined ? {} : { doneDir });

function sources({ source }) {
  return readdirSync(source).sort();
}
