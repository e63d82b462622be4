import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';
import { formatRecord } from '../../src/formats/json-record.ts';
import { MANIFEST_FILE, MANIFEST_FORMAT } from '../../src/formats/manifest.ts';
import { dibs, startDibs } from './dibs.ts';
import { eventually } from './processes.ts';
const VERBS = ['status', 'put', 'work', 'outstanding', 'failed', 'retry', 'tail', 'release', 'reset', 'purge', 'verify'];

describe('help', () => {
  it('lists the commands and the exit codes', async () => {
    const { code, stdout, stderr } = await dibs(['--help'], { cwd: tempFolder() });
    expect([code, stderr]).toEqual([0, '']);
    for (const verb of VERBS) expect(stdout).toMatch(new RegExp(`^  ${verb} `, 'm'));
    expect(stdout).toMatch(/^Exit codes: /m);
  });

  it.each(VERBS)('explains %s with examples', async (verb) => {
    const { code, stdout } = await dibs([verb, '--help'], { cwd: tempFolder() });
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: dibs ${verb} `));
    expect(stdout).toContain('--json');
    expect(stdout).toMatch(new RegExp(`Examples:\\n( {2}\\$ .*dibs ${verb} .*\\n {6}.+\\n?)+$`));
  });

  it('is what the program itself prints', async () => {
    const cwd = tempFolder();
    expect(await startDibs(['--help'], { cwd }).ended).toEqual(await dibs(['--help'], { cwd }));
    expect(await startDibs(['stauts'], { cwd }).ended).toEqual(await dibs(['stauts'], { cwd }));
  });

  it('is printed by dibs help too, and the version by --version', async () => {
    const cwd = tempFolder();
    expect((await dibs(['help', 'work'], { cwd })).stdout).toMatch(/^Usage: dibs work /);
    const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ version: (await dibs(['--version'], { cwd })).stdout.trim() });
  });
});

describe('what was typed wrong', () => {
  it.each([
    [[], 'no command given. Run: dibs --help'],
    [['stauts', 'q'], "unknown command 'stauts' (Did you mean status?). Run: dibs --help"],
    [['status', ''], 'the directory is empty text. Run: dibs status --help'],
    [['status'], "missing required argument 'dir'. Run: dibs status --help"],
    [['status', 'q', 'r'], "too many arguments for 'status'. Expected 1 argument but got 2. Run: dibs status --help"],
    [['status', 'q', '--wach'], "unknown option '--wach' (Did you mean --watch?). Run: dibs status --help"],
    [['work', 'q'], "missing required argument 'command'. Run: dibs work --help"],
    [['work', 'q', '--', ''], 'the command is empty text. Run: dibs work --help'],
    [['work', 'q', '-j', '0', '--', 'true'], "--concurrency takes a whole number from 1, not '0'"],
    [['work', 'q', '--timeout', 'soon', '--', 'true'], "--timeout takes seconds, above 0 and up to 2147483, not 'soon'"],
    [['put', 'q', '--wait'], "option '--wait <seconds>' argument missing. Run: dibs put --help"],
  ])('is one line on stderr and exit code 2: %j', async (words, complaint) => {
    const cwd = tempFolder();
    expect(await dibs(words, { cwd })).toMatchObject({ code: 2, stdout: '', stderr: `dibs: ${complaint}\n` });
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('a directory that can not be used', () => {
  const readers = ['status', 'outstanding', 'failed', 'verify', 'retry', 'work -- true'];
  const folderVerbs = ['tail', 'release', 'reset', 'purge', 'purge --yes', 'work --extension .csv -- true'];
  const call = (line: string, cwd: string) => {
    const [verb = '', ...words] = line.split(' ');
    return dibs([verb, 'q', ...words], { cwd });
  };

  it.each([...readers, ...folderVerbs])('is not there: %s says so, makes nothing and ends with 3', async (words) => {
    const cwd = tempFolder();
    const { code, stdout, stderr } = await call(words, cwd);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^dibs: There is no queue at .*q\. Check the path; a queue is made by its first put\.\n$/);
    expect(existsSync(join(cwd, 'q'))).toBe(false);
  });

  it.each([...readers, 'put a'])('is something else: %s says so, touches nothing and ends with 3', async (words) => {
    const cwd = tempFolder();
    mkdirSync(join(cwd, 'q'));
    writeFileSync(join(cwd, 'q', 'holiday.txt'), 'x');
    const { code, stdout, stderr } = await call(words, cwd);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^dibs: .*q is not a queue: .*\n$/);
    expect(readdirSync(join(cwd, 'q'))).toEqual(['holiday.txt']);
  });

  it.each(['status', 'put a', 'work -- true'])('is held by somebody: %s', async (words) => {
    const cwd = tempFolder();
    await dibs(['put', 'q', 'a'], { cwd });
    const holder = startDibs(['work', 'q', '--', 'sh', '-c', 'sleep 60'], { cwd });
    await eventually(() => holder.stderr() !== '');
    const { code, stderr } = await call(words, cwd);
    if (words === 'status') expect([code, stderr]).toEqual([0, '']);
    else {
      expect(code).toBe(75);
      expect(stderr).toMatch(new RegExp(`^dibs: .*q is in use by process ${holder.child.pid} on .*\\n$`));
    }
  });

  it.each([...readers, 'put a'])('was written by a newer version: %s says so, touches nothing and ends with 4', async (words) => {
    const cwd = tempFolder();
    const manifest = formatRecord({ name: MANIFEST_FORMAT.name, version: MANIFEST_FORMAT.version + 1 }, { name: 'queue' });
    mkdirSync(join(cwd, 'q'));
    writeFileSync(join(cwd, 'q', MANIFEST_FILE), manifest);
    const { code, stdout, stderr } = await call(words, cwd);
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toMatch(/^dibs: .*queue\.json is written in format 2, and this version reads up to 1\. Upgrade dibs: .*\n$/);
    expect(readdirSync(join(cwd, 'q'))).toEqual([MANIFEST_FILE]);
    expect(readFileSync(join(cwd, 'q', MANIFEST_FILE), 'utf8')).toBe(manifest);
  });
});

describe('an error', () => {
  it('shows its stack only when asked', async () => {
    const cwd = tempFolder();
    expect((await dibs(['status', 'q'], { cwd })).stderr.split('\n')).toHaveLength(2);
    expect((await dibs(['status', 'q'], { cwd, env: { DIBS_DEBUG: '1' } })).stderr).toMatch(/^QueueNotFoundError: .*\n {4}at /);
  });
});
