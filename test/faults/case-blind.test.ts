import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MessageExistsError, QueueLockedError, UnusableMessageError, WorkQueueError } from '../../src/index.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import { caseBlindDisk, whyNoCaseBlindDisk } from '../support/case-blind-disk.ts';
import { sayIfSkipped } from '../support/missing-tools.ts';
import { STRANGE_NAMES } from '../support/strange-names.ts';

const LEAST_NAMES = 300;

const isTried = sayIfSkipped('a disk for which `a` and `A` are one name', 3, whyNoCaseBlindDisk());

/** What came of each name: `put`, or why not. */
async function putAll(directory: string, names: readonly string[], round: number): Promise<Map<string, string>> {
  const outbox = await WritableFolderQueue.open(directory, { producer: `round ${round}` });
  const answers = new Map<string, string>();
  for (const name of names) {
    const answer = await outbox.putText(name, `${round} ${name}`).then(() => 'put', refusal);
    answers.set(name, answer);
  }
  await outbox.close();
  return answers;
}

/** Nothing else may be thrown. */
function refusal(error: unknown): string {
  if (error instanceof WorkQueueError || error instanceof TypeError) return error.constructor.name;
  throw error;
}

/** Another program's way. */
function dropAll(directory: string, names: readonly string[]): string[] {
  return names.filter((name) => {
    try {
      writeFileSync(join(directory, name), `0 ${name.toWellFormed()}`, { flag: 'wx' });
      return true;
    } catch {
      return false;
    }
  });
}

/** Works off the folder, and gives what was in each file that it was handed. */
async function workOff(directory: string): Promise<string[]> {
  const inbox = await ReadableFolderQueue.open(directory, { pollIntervalMs: 50 });
  const texts: string[] = [];
  for await (const file of inbox) {
    texts.push(readFileSync(file.path, 'utf8'));
    if (texts.length % 3 === 0 && file.attempt === 1) {
      texts.pop();
      await file.fail(new Error('once more'));
    } else await file.done();
  }
  await inbox.dispose();
  return texts;
}

const textsIn = (directory: string): string[] => readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));

describe.runIf(isTried)('on a disk for which `a` and `A` are one name, and with the names that Windows allows', () => {
  it(`F-35 each of ${STRANGE_NAMES.length} strange names is put whole and served once, or is refused by an error of ours`, async () => {
    expect(STRANGE_NAMES.length).toBeGreaterThanOrEqual(LEAST_NAMES);
    const directory = join(caseBlindDisk(), 'inbox');
    const put: string[] = [];
    // In the second round each name is that of one that is done.
    for (const round of [1, 2]) {
      const answers = await putAll(directory, STRANGE_NAMES, round);
      const count: Record<string, number> = {};
      for (const answer of answers.values()) count[answer] = (count[answer] ?? 0) + 1;
      console.log(`${answers.size} names: ${JSON.stringify(count)}`);
      for (const [name, answer] of answers) if (answer === 'put') put.push(`${round} ${name}`);
      const ofThisRound = put.filter((text) => text.startsWith(`${round} `));
      expect((await workOff(directory)).toSorted(), `served in round ${round}`).toEqual(ofThisRound.toSorted());
      expect(count['put']).toBeGreaterThan(100);
      expect(count[MessageExistsError.name]).toBeGreaterThan(20);
      expect(count[UnusableMessageError.name] ?? count['TypeError']).toBeGreaterThan(50);
    }
    expect(textsIn(join(directory, 'done')).toSorted(), 'each is kept, none in place of another').toEqual(put.toSorted());
    expect(readdirSync(join(directory, 'failed'))).toEqual([]);
  }, 300_000);

  it('F-35 of files that another program left there each message is served once, and all else stays', async () => {
    const directory = join(caseBlindDisk(), 'inbox');
    await putAll(directory, ['first.tsv'], 1);
    const dropped = dropAll(
      directory,
      STRANGE_NAMES.filter((name) => !name.includes('/')),
    );
    const before = readdirSync(directory);
    const served = await workOff(directory);
    const left = readdirSync(directory).filter((name) => !['.dibs', 'done', 'failed'].includes(name) && !/\.(helo|done)$/.test(name));
    console.log(`${dropped.length} of ${STRANGE_NAMES.length} names could be made: ${served.length - 1} messages, ${left.length} others`);
    expect(new Set(served).size, 'each once').toBe(served.length);
    expect([...served, ...left.map((name) => readFileSync(join(directory, name), 'utf8'))].toSorted()).toEqual(
      ['1 first.tsv', ...dropped.map((name) => `0 ${name.toWellFormed()}`)].toSorted(),
    );
    expect(before.filter((name) => left.includes(name))).toEqual(left);
    expect(served.length).toBeGreaterThan(50);
  }, 300_000);

  it('a queue of values is one queue under each of its names, and is found again as it was', async () => {
    const disk = caseBlindDisk();
    const queue = await PersistentQueue.open<string>(join(disk, 'Queue'));
    await queue.putMany(STRANGE_NAMES.map((name) => name.toWellFormed()));
    await expect(PersistentQueue.open(join(disk, 'QUEUE'))).rejects.toThrow(QueueLockedError);
    for (let index = 0; index < STRANGE_NAMES.length / 2; index += 1) await (await queue.get())?.done();
    await queue.dispose();
    const next = await PersistentQueue.open<string>(join(disk, 'qUEUE'));
    const rest: string[] = [];
    for (let item = await next.tryGet(); item !== undefined; item = await next.tryGet()) {
      rest.push(item.value);
      await item.done();
    }
    await next.dispose();
    expect(rest).toEqual(STRANGE_NAMES.slice(Math.ceil(STRANGE_NAMES.length / 2)).map((name) => name.toWellFormed()));
  });
});
