/**
 * What is done to a PersistentQueue while the disk fails or the process is killed, at each call in turn: short, so that
 * there are few calls, and each of them another one. What is asked and what was promised goes to the ledger that checker.mjs reads.
 */
import { PermanentError, PersistentQueue } from 'dibs';

/** A scene wanted to take something, and there was nothing: after an error of the disk that may be so. */
export class NothingToTake extends Error {
  code = 'NOTHING';
}

export const QUEUE_SCENES = {
  async fill(stage) {
    const queue = await open(stage);
    await put(queue, stage, 6 * stage.size);
    await queue.flush();
  },

  async put(stage) {
    const queue = await open(stage);
    for (let round = 1; round <= stage.size; round += 1) {
      await put(queue, stage, 1);
      await putMany(queue, stage, 3);
      await Promise.all([put(queue, stage, 1), put(queue, stage, 1)]);
    }
    await queue.close();
  },

  async done(stage) {
    const queue = await open(stage);
    for (let round = 1; round <= stage.size; round += 1) {
      await done(queue, stage, 1);
      await Promise.all([done(queue, stage, 1), done(queue, stage, 1), done(queue, stage, 1)]);
    }
  },

  async fail(stage) {
    const queue = await open(stage);
    await settle('fail', await take(queue, stage), stage, new Error('not today'));
    await settle('giveUp', await take(queue, stage), stage, new PermanentError('never'));
    await settle('release', await take(queue, stage), stage);
    for await (const { id } of queue.failed()) stage.note('retry?', { id });
    await queue.retry();
    await settle('giveUp', await take(queue, stage), stage, new PermanentError('still never'));
  },

  /** Dies with two in its hands. */
  async hold(stage) {
    const queue = await open(stage);
    await put(queue, stage, 3 * stage.size);
    await take(queue, stage);
    await take(queue, stage);
    process.kill(process.pid, 'SIGKILL');
  },

  async resume(stage) {
    const queue = await open(stage);
    await put(queue, stage, 1);
    await done(queue, stage, 2 * stage.size);
  },

  /** Journals are followed by others, and go; what is given up in them, and their keys, stay. */
  async roll(stage) {
    const queue = await open(stage);
    for (let round = 1; round <= stage.size; round += 1) {
      await put(queue, stage, 4, { padding: 300, keys: true });
      await settle('giveUp', await take(queue, stage), stage, new PermanentError('never'));
      await done(queue, stage, 3);
    }
    await put(queue, stage, 2, { padding: 600, keys: true });
    await done(queue, stage, 2);
  },

  /** All is put and done: the next opening clears it up, and begins a new load. */
  async finish(stage) {
    const queue = await open(stage);
    await queue.close();
    await done(queue, stage, 6 * stage.size);
    await queue.dispose();
    const next = await PersistentQueue.open(stage.directory, stage.options);
    stage.opened.push(next);
    await put(next, stage, 1);
    await done(next, stage, 1);
  },

  /** Shows signs of life quickly, and idles meanwhile. */
  async beat(stage) {
    const queue = await open(stage);
    await put(queue, stage, 1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await done(queue, stage, 1);
  },

  async 'work off'(stage) {
    const queue = await open(stage);
    await queue.close();
    for (let item = await queue.tryGet(); item; item = await queue.tryGet()) await settle('done', got(item, stage), stage);
    if (!stage.isLast) return;
    for await (const { id, value, attempts } of queue.failed()) stage.note('failed', { id, value, attempts });
    stage.note('drained');
    await queue.dispose();
    // What it got now it would get after the queue was drained.
    const again = await PersistentQueue.open(stage.directory, stage.options);
    stage.opened.push(again);
    for (let item = await again.tryGet(); item; item = await again.tryGet()) got(item, stage);
  },
};

async function open(stage) {
  const queue = await PersistentQueue.open(stage.directory, stage.options);
  stage.opened.push(queue);
  stage.note('open', { maxAttempts: queue.maxAttempts });
  return queue;
}

function values(stage, count, { padding = 0, keys = false } = {}) {
  return Array.from({ length: count }, () => {
    stage.puts += 1;
    return { value: `${stage.actor}/${stage.puts}${'.'.repeat(padding)}`, ...(keys && { key: `${stage.actor} ${stage.puts}` }) };
  });
}

async function put(queue, stage, count, looks) {
  for (const { value, key } of values(stage, count, looks)) {
    stage.note('put?', { value, key });
    await queue.put(value, key && { key });
    stage.note('put!', { value, key });
  }
}

async function putMany(queue, stage, count) {
  const batch = values(stage, count);
  for (const facts of batch) stage.note('put?', facts);
  await queue.putMany(batch.map(({ value }) => value));
  for (const facts of batch) stage.note('put!', facts);
}

function got(item, stage) {
  const { value, id, attempt } = item;
  stage.note('got', { value, id, attempt });
  return item;
}

async function take(queue, stage) {
  const item = await queue.tryGet();
  if (item === undefined) throw new NothingToTake('there was nothing to take');
  return got(item, stage);
}

async function done(queue, stage, count) {
  for (let left = count; left > 0; left -= 1) await settle('done', await take(queue, stage), stage);
}

async function settle(how, item, { note }, error) {
  const { id } = item;
  note(`${how}?`, { id });
  await item[how === 'giveUp' ? 'fail' : how](error);
  note(`${how}!`, { id });
}
