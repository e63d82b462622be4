import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hastyClock } from '../../support/hasty-clock.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, MAIN, startDibs, startProgram } from '../dibs.ts';

const NOBODY = 65_534;

/** What is measured for some time ends soon by it, and few files are raced for: the first test takes the time it takes. */
const hasty = () => hastyClock({ ticksMs: 10 });

describe('dibs doctor', () => {
  it('explains itself with examples', async () => {
    const { code, stdout } = await dibs(['doctor', '--help'], { cwd: tempFolder() });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: dibs doctor .*\n/);
    expect(stdout).toMatch(/Examples:\n( {2}\$ dibs doctor .*\n {6}.+\n?)+$/);
  });
});

describe('dibs doctor on what it can not examine', () => {
  it.each([
    ['none', /^dibs: .*none is not there\. Name a folder .*\n$/],
    ['file', /^dibs: .*file is no folder\. Name a folder .*\n$/],
  ])('says so and ends with 3: %s', async (name, complaint) => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, 'file'), 'x');
    const { code, stdout, stderr } = await dibs(['doctor', name], { cwd });
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(complaint);
    expect(existsSync(join(cwd, 'none'))).toBe(false);
  });

  it.each([
    [['--together', '1'], "--together takes a whole number from 2, not '1'"],
    [['--wait', 'long'], "--wait takes seconds, above 0 and up to 2147483, not 'long'"],
    [['--toghether', '2'], "unknown option '--toghether' (Did you mean --together?). Run: dibs doctor --help"],
  ])('takes %j for a mistake', async (words, complaint) => {
    const cwd = tempFolder();
    expect(await dibs(['doctor', '.', ...words], { cwd })).toMatchObject({ code: 2, stdout: '', stderr: `dibs: ${complaint}\n` });
    expect(readdirSync(cwd)).toEqual([]);
  });

  // Root may write everywhere: then the command runs as somebody who may not.
  it('can not be written: ends with 5', async (ctx) => {
    const cwd = tempFolder();
    mkdirSync(join(cwd, 'shut'));
    const asOther = process.getuid?.() === 0 ? { cwd, uid: NOBODY } : { cwd };
    chmodSync(cwd, 0o755);
    chmodSync(join(cwd, 'shut'), 0o555);
    const canRun = await startProgram(process.execPath, [MAIN, '--version'], asOther).ended.catch(() => undefined);
    if (canRun?.code !== 0) return ctx.skip('another user can not run dibs from here');
    const { code, stdout, stderr } = await startDibs(['doctor', 'shut'], asOther).ended;
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toMatch(/^dibs: .*shut can't be written\. .*\n$/);
    chmodSync(join(cwd, 'shut'), 0o755);
  });
});

describe('dibs doctor --together', () => {
  it('waits in vain: says how many came, and ends with 75', async () => {
    const cwd = tempFolder();
    const { code, stdout, stderr } = await dibs(['doctor', '.', '--together', '3', '--wait', '0.2'], { cwd, clock: hasty() });
    expect([code, stdout]).toEqual([75, '']);
    expect(stderr).toMatch(/^dibs: Waiting for 2 more: .*\ndibs: Of 3 runs 1 came in .*\n$/);
    expect(readdirSync(cwd)).toEqual([]);
  });
});
