import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';
import { dibs, MAIN, startDibs, startProgram } from './dibs.ts';
import { eventually } from './processes.ts';

const NOBODY = 65_534;

describe('a directory that can not be used', () => {
  it('is held by somebody who lets it go in time: --wait waits', async () => {
    const cwd = tempFolder();
    await dibs(['put', 'q', 'a'], { cwd });
    const holder = startDibs(['work', 'q', '-q', '--', 'sh', '-c', 'while [ ! -e go ]; do sleep 0.02; done', 'sh'], { cwd });
    await eventually(() => readdirSync(join(cwd, 'q')).some((name) => name.endsWith('.done.tsv')));
    const waiting = startDibs(['put', 'q', 'b', '--wait', '60'], { cwd });
    writeFileSync(join(cwd, 'go'), '');
    expect(await waiting.ended).toMatchObject({ code: 0, stdout: '1 message put\n' });
    expect((await holder.ended).code).toBe(0);
  });

  // Root may write everywhere: then the command runs as somebody who may not.
  it('can not be written: what changes it ends with 5, and what reads it reads it', async (ctx) => {
    const cwd = tempFolder();
    await dibs(['put', 'q', 'a'], { cwd });
    const asOther = process.getuid?.() === 0 ? { cwd, uid: NOBODY } : { cwd };
    chmodSync(cwd, 0o755);
    chmodSync(join(cwd, 'q'), 0o555);
    const canRun = await startProgram(process.execPath, [MAIN, '--version'], asOther).ended.catch(() => undefined);
    if (canRun?.code !== 0) return ctx.skip('another user can not run dibs from here');
    for (const words of ['put q b', 'retry q', 'work q -- true']) {
      const { code, stdout, stderr } = await startDibs(words.split(' '), asOther).ended;
      expect([code, stdout], words).toEqual([5, '']);
      expect(stderr).toMatch(/^dibs: .*q can't be written\. .*\n$/);
    }
    expect(await startDibs(['outstanding', 'q'], asOther).ended).toMatchObject({ code: 0, stdout: 'a\n' });
    chmodSync(join(cwd, 'q'), 0o755);
  });

  it('can not be read: what would read it says so and ends with 5', async (ctx) => {
    const cwd = tempFolder();
    await dibs(['put', 'q', 'a'], { cwd });
    const asOther = process.getuid?.() === 0 ? { cwd, uid: NOBODY } : { cwd };
    chmodSync(cwd, 0o755);
    chmodSync(join(cwd, 'q'), 0o333);
    const canRun = await startProgram(process.execPath, [MAIN, '--version'], asOther).ended.catch(() => undefined);
    if (canRun?.code !== 0) return ctx.skip('another user can not run dibs from here');
    for (const words of ['status q', 'put q b', 'work q -- true']) {
      const { code, stdout, stderr } = await startDibs(words.split(' '), asOther).ended;
      expect([code, stdout], words).toEqual([5, '']);
      expect(stderr).toMatch(/^dibs: .*q can't be read \(EACCES\)\. Give this user permission to read it\.\n$/);
    }
    chmodSync(join(cwd, 'q'), 0o755);
  });
});
