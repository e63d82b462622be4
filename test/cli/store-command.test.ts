import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';
import { dibs, startDibs } from './dibs.ts';

const TASK_VERBS = ['create', 'run', 'ls', 'show', 'counts', 'failed', 'retry', 'reopen', 'rm'];
const BATCH_VERBS = ['create', 'work', 'info', 'result', 'ls', 'pending', 'announce', 'retry', 'fail', 'rm'];
const VERBS = [...TASK_VERBS.map((verb) => `task ${verb}`), ...BATCH_VERBS.map((verb) => `batch ${verb}`)];

/** A line that is complete but for where its store is. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  'task create': ['a'],
  'task run': ['a', '--', 'true'],
  'task show': ['a'],
  'task reopen': ['a'],
  'task rm': ['a'],
  'batch create': ['-'],
  'batch work': ['b', '--', 'true'],
  'batch info': ['b'],
  'batch result': ['b'],
  'batch pending': ['b'],
  'batch announce': ['b'],
  'batch retry': ['b'],
  'batch fail': ['b', 'why'],
  'batch rm': ['b'],
};

function lineOf(verb: string): string[] {
  return [...verb.split(' '), ...(LINES[verb] ?? [])];
}

describe('help', () => {
  it.each(['task', 'batch'])('of dibs %s lists its verbs', async (group) => {
    const { code, stdout } = await dibs([group, '--help'], { cwd: tempFolder() });
    expect(code).toBe(0);
    for (const verb of group === 'task' ? TASK_VERBS : BATCH_VERBS) expect(stdout).toMatch(new RegExp(`^  ${verb} `, 'm'));
    expect((await dibs(['--help'], { cwd: tempFolder() })).stdout).toMatch(new RegExp(`^  ${group} `, 'm'));
  });

  it.each(VERBS)('explains %s with examples', async (verb) => {
    const { code, stdout } = await dibs([...verb.split(' '), '--help'], { cwd: tempFolder() });
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: dibs ${verb} `));
    for (const option of ['--store <url>', '--json']) expect(stdout).toContain(option);
    expect(stdout).toMatch(new RegExp(`Examples:\\n( {2}\\$ .*dibs ${verb} .*\\n {6}.+\\n?|.*\\n)+$`));
  });

  it('is what the program itself prints', async () => {
    const cwd = tempFolder();
    for (const words of [['task', 'run', '--help'], ['batch', 'wrok'], ['task']])
      expect(await startDibs(words, { cwd }).ended).toEqual(await dibs(words, { cwd }));
  });
});

describe('what was typed wrong', () => {
  it.each([
    [['task'], 'no command given. Run: dibs task --help'],
    [['task', 'crate', 'a'], "unknown command 'crate' (Did you mean create?). Run: dibs task --help"],
    [['task', 'show', '--store', 'file:./s'], "missing required argument 'id'. Run: dibs task show --help"],
    [['task', 'show', '', '--store', 'file:./s'], 'what is to be named is empty text. Run: dibs task show --help'],
    [['task', 'run', 'a', '--store', 'file:./s', '--', ''], 'the command is empty text. Run: dibs task run --help'],
    [
      ['task', 'ls', '--store', 'file:./s', '--status', 'fialed'],
      "--status takes pending, running, succeeded, failed, ignored, not 'fialed'",
    ],
    [['task', 'rm', '--store', 'file:./s'], 'give ids, or --all for all of the use case. Run: dibs task rm --help'],
    [['task', 'create', '--store', 'file:./s', '-', '-'], 'stdin can be read once: give one -. Run: dibs task create --help'],
    [['batch', 'ls', '--store', 'file:./s', '--status', 'over'], "--status takes announcing, running, reducing, done, failed, not 'over'"],
    [['batch', 'work', 'b', '--store', 'file:./s', '--fail-on', '0', '--', 'x'], "--fail-on takes exit codes from 1 to 255, not '0'"],
  ])('is one line on stderr and exit code 2, and makes nothing: %j', async (words, complaint) => {
    const cwd = tempFolder();
    expect(await dibs(words, { cwd })).toMatchObject({ code: 2, stdout: '', stderr: `dibs: ${complaint}\n` });
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('where the store is', () => {
  it.each(VERBS)('WB-33 is a clear error if neither --store nor the environment names it: %s', async (verb) => {
    const cwd = tempFolder();
    const complaint = `dibs: no store is named: give --store file:./load, or set DIBS_STORE. Run: dibs ${verb} --help\n`;
    for (const env of [{ DIBS_STORE: '' }, { DIBS_STORE: '', DIBS_STROE: 'file:./s' }])
      expect(await dibs(lineOf(verb), { cwd, env })).toMatchObject({ code: 2, stdout: '', stderr: complaint });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('WB-31 is read from --store, which goes before DIBS_STORE', async () => {
    const cwd = tempFolder();
    await dibs(['task', 'create', 'a'], { cwd, env: { DIBS_STORE: 'file:./one' } });
    await dibs(['task', 'create', 'b', '--store', 'file:two'], { cwd, env: { DIBS_STORE: 'file:./one' } });
    await dibs(['task', 'create', 'c', '--store', `file://${cwd}/three`], { cwd });
    expect(readdirSync(cwd).toSorted()).toEqual(['one', 'three', 'two']);
    for (const [store, id] of [
      ['one', 'a'],
      ['two', 'b'],
      ['three', 'c'],
    ])
      expect((await dibs(['task', 'show', id ?? '', '--store', `file:${store}`], { cwd })).code).toBe(0);
  });

  it.each([
    ['load', 'load is no store: it has no scheme. A directory is named file:load.'],
    ['c:load', 'c:load is no store: it has no scheme.'],
    ['file:', 'file: is no store: it names no directory'],
    ['file://host/load', 'file://host/load is no store: a file URL leads to an absolute path of this machine'],
    ['redis://localhost', 'redis://localhost is no store: nobody registered redis:.'],
    ['memory:', 'memory: is gone when this command ends: name a directory'],
  ])('WB-31 can not be %s: each command says so, with exit code 2', async (store, complaint) => {
    const cwd = tempFolder();
    for (const verb of VERBS) {
      const { code, stdout, stderr } = await dibs([...verb.split(' '), '--store', store, ...(LINES[verb] ?? [])], { cwd });
      expect([code, stdout], verb).toEqual([2, '']);
      expect(stderr, verb).toContain(`dibs: ${complaint}`);
      expect(stderr.split('\n'), verb).toHaveLength(2);
    }
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.each(VERBS.filter((verb) => !['task create', 'batch create', 'batch ls'].includes(verb)))(
    'is a directory in which that is not: %s makes nothing, and ends with 3',
    async (verb) => {
      const cwd = tempFolder();
      const { code, stdout, stderr } = await dibs([...verb.split(' '), '--store', 'file:./s', ...(LINES[verb] ?? [])], { cwd });
      expect([code, stdout]).toEqual([3, '']);
      expect(stderr).toMatch(/^dibs: There (are no tasks of default|is no batch b) in file:\.\/s\. .*\n$/);
      expect(existsSync(join(cwd, 's'))).toBe(false);
    },
  );

  it.each(TASK_VERBS)('passes on what the disk says: task %s', async (verb) => {
    const cwd = tempFolder();
    mkdirSync(join(cwd, 's'));
    // What should be a directory is a file.
    writeFileSync(join(cwd, 's', 'tasks'), '');
    const { code, stdout, stderr } = await dibs(['task', verb, '--store', 'file:./s', ...(LINES[`task ${verb}`] ?? [])], { cwd });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^dibs: .*s\/tasks.*: (ENOTDIR|EEXIST)\. .*\n$/);
  });

  it.each(BATCH_VERBS.filter((verb) => verb !== 'rm'))('WB-32 passes on what the store says: batch %s', async (verb) => {
    const cwd = tempFolder();
    await dibs(['batch', 'create', '-', '--id', 'b', '--store', 'file:./s'], { cwd, input: '1\n' });
    writeFileSync(join(cwd, 's', 'batches', 'b', 'plan.json'), 'torn');
    const id = verb === 'create' ? ['--id', 'b'] : [];
    const words = ['batch', verb, '--store', 'file:./s', ...id, ...(LINES[`batch ${verb}`] ?? [])];
    const { code, stdout, stderr } = await dibs(words, { cwd, input: '1\n' });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^dibs: .*plan(\.json)? can't be read: .*\n$/);
  });
});
