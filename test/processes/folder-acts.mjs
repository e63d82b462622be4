/**
 * What a scene does with a folder, each act noted in the ledger that folder-checker.mjs reads: before it is asked for, and once it was
 * promised. The text of a message follows from its name, so that half of one is known.
 */
import { GroupedFolderQueue, PermanentError, ReadableFolderQueue, WritableFolderQueue } from 'dibs';
import { NothingToTake } from './fault-scenes-queue.mjs';

const READING = { pollIntervalMs: 5, watch: false };

const GROUPS = {
  groupKey: (name) => name.slice(0, name.lastIndexOf('-')),
  memberKey: (name) => name.slice(name.lastIndexOf('-') + 1),
  members: ['a.tsv', 'b.tsv'],
};

/** The whole text of the message of that name. */
export const textOf = (name) => `${name}\n`.repeat(20);

export async function writer(stage) {
  const queue = await WritableFolderQueue.open(stage.directory, { producer: 'the only one', ...stage.options });
  stage.opened.push(queue);
  return queue;
}

export async function reader(stage) {
  const queue = await ReadableFolderQueue.open(stage.directory, { ...READING, ...stage.options });
  stage.opened.push(queue);
  return queue;
}

export async function groups(stage) {
  const queue = await GroupedFolderQueue.open(stage.directory, { ...READING, ...GROUPS, ...stage.options });
  stage.opened.push(queue);
  return queue;
}

export async function told(stage, how, name, act) {
  stage.note(`${how}?`, { name });
  await act();
  stage.note(`${how}!`, { name });
}

export const put = (queue, stage, name) => told(stage, 'put', name, () => queue.putText(name, textOf(name)));

const namesOf = (item) => item.files?.map(({ name }) => name) ?? [item.name];

export function got(item, stage) {
  for (const name of namesOf(item)) {
    stage.held.add(name);
    stage.note('got', { name, attempt: item.attempt });
  }
  return item;
}

export async function take(queue, stage) {
  const item = await queue.tryGet();
  if (item === undefined) throw new NothingToTake('there was nothing to take');
  return got(item, stage);
}

export async function settle(how, item, stage, error) {
  const names = namesOf(item);
  for (const name of names) stage.note(`${how}?`, { name });
  await (how === 'giveUp' ? item.fail(new PermanentError('never')) : item[how](error));
  for (const name of names) {
    stage.held.delete(name);
    stage.note(`${how}!`, { name });
  }
}
