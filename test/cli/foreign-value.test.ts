import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { dibs, jsonLines } from './dibs.ts';

const ID = '00000001-0000000001';
const COMPLAINT = `The value of ${ID} is not JSON: the queue was written with a codec. Work it from a script that opens it with that codec.`;
const error = { name: 'ForeignValueError', message: COMPLAINT };
const codec = { encode: (value: Date) => value.toISOString(), decode: (text: string) => new Date(text) };

/** A queue of dates, as a script writes it. */
async function queueOfDates(): Promise<string> {
  const cwd = tempFolder();
  const queue = await PersistentQueue.open<Date>(join(cwd, 'q'), { codec });
  await queue.put(new Date(5));
  await queue.dispose();
  return cwd;
}

it('is worked by nobody who does not know its codec, and charged nothing', async () => {
  const cwd = await queueOfDates();
  expect(await dibs(['work', 'q', '-q', '--', 'touch', 'ran'], { cwd })).toMatchObject({
    code: 1,
    stdout: '',
    stderr: `dibs: ${COMPLAINT}\n`,
  });
  const queue = await PersistentQueue.open<Date>(join(cwd, 'q'), { codec });
  expect(await queue.tryGet()).toMatchObject({ value: new Date(5), attempt: 1 });
  await queue.dispose();
});

it('is told by a dry run', async () => {
  const cwd = await queueOfDates();
  const dryRun = (...words: string[]) => dibs(['work', 'q', '--dry-run', ...words, '--', 'touch'], { cwd });
  expect(await dryRun()).toMatchObject({ code: 0, stdout: `# ${ID}: ${COMPLAINT}\n` });
  expect(jsonLines(await dryRun('--json'))).toEqual([{ id: ID, error }]);
});

it('is told by dibs outstanding', async () => {
  const cwd = await queueOfDates();
  expect(await dibs(['outstanding', 'q'], { cwd })).toMatchObject({ code: 0, stdout: `# ${COMPLAINT}\n` });
  expect(jsonLines(await dibs(['outstanding', 'q', '--json'], { cwd }))).toEqual([{ id: ID, attempts: 0, error }]);
});

it('is shown as the text it is, where it was given up', async () => {
  const cwd = await queueOfDates();
  const queue = await PersistentQueue.open<Date>(join(cwd, 'q'), { codec, maxAttempts: 1 });
  await (await queue.tryGet())?.fail(new Error('no'));
  await queue.dispose();
  expect((await dibs(['failed', 'q'], { cwd })).stdout).toBe(`${ID}  1 attempt  1970-01-01T00:00:00.005Z\n    no\n`);
  expect(jsonLines(await dibs(['failed', 'q', '--json'], { cwd }))).toEqual([
    { id: ID, attempts: 1, error: { name: 'Error', message: 'no', stack: expect.any(String) } },
  ]);
});
