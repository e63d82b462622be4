import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, jsonLines } from '../dibs.ts';
import { type BatchAtHand, batchOf } from './batch-of.ts';
import { tasksBelow } from '../../support/tasks-of-batch.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Beside `b`, of three parts of which one is done: one that is done, and one that failed. */
async function threeBatches(): Promise<BatchAtHand> {
  const at = await batchOf(numbers(3));
  const { cwd, env, batch } = at;
  for (const id of ['over', 'broken']) await dibs(['batch', 'create', '-', '--id', id], { cwd, env, input: '1\n' });
  await batch('work', 'over', '-q', '--reduce', 'cat', '--', 'true');
  await batch('fail', 'broken', 'the source was wrong');
  return at;
}

describe('dibs batch ls', () => {
  it('WB-27 prints one id a line, WB-24 of finished ones too', async () => {
    const { batch } = await threeBatches();
    expect(await batch('ls')).toEqual({ code: 0, signal: null, stdout: 'b\nbroken\nover\n', stderr: '' });
    expect((await batch('ls', '--hide-completed')).stdout).toBe('b\nbroken\n');
    expect((await batch('ls', '--status', 'failed')).stdout).toBe('broken\n');
    expect((await batch('ls', '--status', 'running', '--hide-completed')).stdout).toBe('b\n');
  });

  it('WB-23 prints all of it as JSON, a line a batch', async () => {
    const { batch, info } = await threeBatches();
    expect(jsonLines(await batch('ls', '--json'))).toEqual([await info('b'), await info('broken'), await info('over')]);
  });

  it('prints nothing where there are none', async () => {
    const { batch, cwd, env } = await batchOf();
    await dibs(['task', 'create', 'a'], { cwd, env });
    expect(await batch('ls')).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('dibs batch info', () => {
  it('WB-28 prints one line of JSON, WB-04 a fresh batch with all of it left', async () => {
    const { batch } = await batchOf(numbers(3), '--metadata', '{"a":1}');
    const { stdout } = await batch('info', 'b', '--json');
    expect(stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(stdout)).toMatchObject({
      id: 'b',
      state: 'running',
      total: 3,
      remaining: 3,
      progress: 0,
      reduce: null,
      metadata: { a: 1 },
    });
  });

  it('WB-16 says why it failed, in words for a person', async () => {
    const { batch } = await threeBatches();
    const { stdout } = await batch('info', 'broken');
    expect(stdout).toMatch(
      /^batch {5}broken\nstate {5}failed: the source was wrong\ndone {6}0 of 1 parts, 0 %\nparts {5}1 pending\nreduce {4}never\n/,
    );
  });

  it('WB-05 WB-22 says that there is none of that id, with exit code 3', async () => {
    const { batch } = await batchOf([1]);
    for (const verb of ['info', 'pending'])
      expect(await batch(verb, 'c')).toMatchObject({
        code: 3,
        stdout: '',
        stderr: expect.stringContaining('There is no batch c in file:./s.'),
      });
  });
});

describe('dibs batch pending', () => {
  it('WB-29 prints an id a line, WB-30 or one array; WB-21 fewer as parts succeed', async () => {
    const { batch } = await batchOf(numbers(12));
    const all = numbers(12).map(String);
    expect((await batch('pending', 'b')).stdout).toBe(`${all.join('\n')}\n`);
    expect((await batch('pending', 'b', '--array')).stdout).toBe(`${JSON.stringify(all)}\n`);
    expect(jsonLines(await batch('pending', 'b', '--json'))).toEqual(all);
    await batch('work', 'b', '-q', '--fail-on', '9', '--', 'sh', '-c', 'test "$1" -lt 9 || exit 9', 'sh');
    const left = jsonLines(await batch('pending', 'b', '--array'))[0];
    expect(left).toEqual(expect.arrayContaining(['9', '10', '11']));
    await batch('rm', 'b');
    expect((await batch('pending', 'b')).code).toBe(3);
  });
});

it('a batch whose plan can not be read is told of after all others, and can be removed', async () => {
  const { cwd, batch } = await threeBatches();
  writeFileSync(join(cwd, 's', 'batches', 'broken', 'plan.json'), 'torn');
  const torn = expect.stringMatching(/^dibs: \S+plan\.json can't be read: /);
  expect(await batch('ls')).toMatchObject({ code: 1, stdout: 'b\nover\n', stderr: torn });
  expect(await batch('info', 'broken')).toMatchObject({ code: 1, stdout: '', stderr: torn });
  expect(await batch('rm', 'broken')).toMatchObject({ code: 0, stdout: '1 batch deleted\n' });
  expect(await batch('ls')).toMatchObject({ code: 0, stdout: 'b\nover\n', stderr: '' });
});

describe('parts that can not be read, or are gone,', () => {
  it('are told of by name, hold nobody up for ever, and are made anew by dibs batch retry', async () => {
    const { cwd, batch, info } = await batchOf(numbers(4));
    const pending = join(tasksBelow(join(cwd, 's'), 'b'), 'pending');
    writeFileSync(join(pending, '1.json'), 'torn');
    rmSync(join(pending, '3.json'));
    expect((await batch('info', 'b')).stdout.match(/^damaged {3}.*$/gm)).toEqual([
      expect.stringMatching(/^damaged {3}part 1: \S+1\.json can't be read: /),
      'damaged   part 3: its file is gone',
      'damaged   2 parts in all; to make them anew: dibs batch retry',
    ]);
    expect((await batch('info', 'b', '--json')).code).toBe(1);
    expect(await info()).toMatchObject({
      state: 'running',
      damaged: [{ partId: '1' }, { partId: '3', path: null, reason: 'its file is gone' }],
    });
    const asked = await batch('pending', 'b');
    expect([asked.code, asked.stdout]).toEqual([1, '0\n1\n2\n3\n']);
    expect(asked.stderr).toMatch(/\ndibs: part 3: its file is gone\. Run: dibs batch retry\n$/);
    const worked = await batch('work', 'b', '--reduce', 'cat', '--', 'echo');
    expect([worked.code, worked.stdout]).toEqual([1, '']);
    expect(worked.stderr).toMatch(
      /^dibs: 2 parts done here in .*; batch b is running, 2 parts left\ndibs: Batch b can't be finished\. Part 1: .*dibs batch retry/,
    );
    expect(await batch('retry', 'b')).toMatchObject({ code: 0, stdout: '2 put back to work\n' });
    expect((await batch('work', 'b', '-q', '--reduce', 'grep -c part', '--', 'echo')).stdout).toBe('4\n');
    expect((await batch('info', 'b')).code).toBe(0);
  });
});

describe('dibs batch fail', () => {
  it('WB-14 fails it for good, once', async () => {
    const { batch, info } = await batchOf(numbers(2));
    expect(await batch('fail', 'b', 'no disk')).toMatchObject({ code: 0, stdout: 'batch b has failed\n' });
    expect(await batch('fail', 'b', 'again', '--json')).toMatchObject({ code: 1, stdout: '{"failed":false}\n' });
    expect(await info()).toMatchObject({ state: 'failed', reason: 'no disk' });
  });
});

it('dibs batch announce goes on where a create was stopped: nothing, where it was not', async () => {
  const { batch } = await batchOf(numbers(2));
  expect(await batch('announce', 'b')).toMatchObject({ code: 0, stdout: '0 parts announced\n' });
});

it('WB-25 dibs batch rm deletes batches with all that is in them', async () => {
  const { batch } = await threeBatches();
  expect(await batch('rm', 'b', 'over')).toMatchObject({ code: 0, stdout: '2 batches deleted\n' });
  expect((await batch('ls')).stdout).toBe('broken\n');
  expect(await batch('rm', 'b', 'broken', 'over')).toMatchObject({
    code: 3,
    stdout: '1 batch deleted\n',
    stderr: 'dibs: There is no batch b, nor over in file:./s. Run: dibs batch ls\n',
  });
});

it('dibs batch ls tells a store that is not there from one without batches', async () => {
  const cwd = tempFolder();
  expect(await dibs(['batch', 'ls', '--store', 'file:./nope'], { cwd })).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringContaining('There is no store in file:./nope'),
  });
  await dibs(['task', 'create', 'a', '--store', 'file:./s'], { cwd });
  expect(await dibs(['batch', 'ls', '--store', 'file:./s'], { cwd })).toMatchObject({ code: 0, stdout: '' });
});
