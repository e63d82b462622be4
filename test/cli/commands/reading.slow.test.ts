import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, jsonLines, startDibs } from '../dibs.ts';
import { eventually } from '../processes.ts';

describe('dibs status', () => {
  it('watches until all is done, a line a look where there is no terminal', async () => {
    const cwd = tempFolder();
    await dibs(['put', 'q', 'a', 'b', 'c', '--close'], { cwd });
    const watching = startDibs(['status', 'q', '--watch', '--interval', '0.05'], { cwd });
    await eventually(() => watching.stdout().includes('3 waiting'));
    await dibs(['work', 'q', '-q', '--', 'sh', '-c', 'sleep 0.1'], { cwd });
    const { code, stdout } = await watching.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^waiting for a worker: 0 done, 3 waiting, 0 taken\n/);
    expect(stdout).toMatch(/finished: 3 done, 0 waiting, 0 taken.*\n$/);
  });

  it('watches in JSON with rate and time left, until Ctrl-C', async () => {
    const cwd = tempFolder();
    await dibs(['put', 'q', 'a'], { cwd });
    const watching = startDibs(['status', 'q', '-w', '--json', '--interval', '0.05'], { cwd });
    await eventually(() => watching.stdout() !== '');
    watching.child.kill('SIGINT');
    const ended = await watching.ended;
    expect(ended).toMatchObject({ code: 130, stderr: '' });
    expect(jsonLines(ended)[0]).toMatchObject({ counts: { waiting: 1 }, donePerSecond: null, etaMs: null });
  });
});

describe('dibs status --watch', () => {
  it('says that the queue is not there any more, as if it had never been', async () => {
    const cwd = tempFolder();
    await dibs(['put', 'q', 'a'], { cwd });
    const watching = startDibs(['status', 'q', '--watch', '--interval', '0.05'], { cwd });
    await eventually(() => watching.stdout() !== '');
    renameSync(join(cwd, 'q'), join(cwd, 'moved'));
    expect(await watching.ended).toMatchObject({ code: 3, stderr: expect.stringMatching(/^dibs: There is no queue at .*q\. .*\n$/) });
  });
});

describe('dibs outstanding', () => {
  it('ends quietly when its reader has enough', async () => {
    const cwd = tempFolder();
    await dibs(['put', 'q', '-'], { cwd, input: Array.from({ length: 50_000 }, (_, i) => `value ${i}\n`).join('') });
    const reading = startDibs(['outstanding', 'q'], { cwd });
    reading.child.stdout?.once('data', () => reading.child.stdout?.destroy());
    expect(await reading.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  });
});
