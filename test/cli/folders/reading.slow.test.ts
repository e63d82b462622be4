import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dibs, jsonLines, MAIN, startDibs, startProgram } from '../dibs.ts';
import { eventually } from '../processes.ts';
import { folderOf } from './folder-of.ts';

/** A folder with one file done, two given up and two ready, one of them with a name that would turn a terminal around. */
async function workedFolder(): Promise<string> {
  const cwd = await folderOf(['ok.tsv', 'bad.tsv', 'worse.tsv'], '--retries', '1', '--producer', 'extract');
  const script = 'case "$DIBS_NAME" in ok*) ;; *) printf "can not load %s\\n" "$DIBS_NAME" >&2; exit 3;; esac';
  expect((await dibs(['work', 'q', '-q', '--', 'sh', '-c', script], { cwd })).code).toBe(2);
  writeFileSync(join(cwd, 'q', 'a\u200d b.tsv'), '');
  writeFileSync(join(cwd, 'q', 'c.tsv'), '');
  return cwd;
}

it('watches until nothing is left and all producers are done, a line a look where there is no terminal', async () => {
  const cwd = await folderOf(['a.tsv', 'b.tsv', 'c.tsv'], '--producer', 'extract');
  const watching = startDibs(['status', 'q', '--watch', '--interval', '0.05'], { cwd });
  await eventually(() => watching.stdout().includes('3 ready'));
  await dibs(['work', 'q', '-q', '--', 'sh', '-c', 'sleep 0.1'], { cwd });
  const { code, stdout } = await watching.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^waiting for a worker: 0 done, 3 ready, 0 claimed\n/);
  expect(stdout).toMatch(/finished: 3 done, 0 ready, 0 claimed.*\n$/);
});

it('watches in JSON with rate and time left, and knows of no rate where nothing finished is kept', async () => {
  const cwd = await folderOf(['a.tsv']);
  const watching = startDibs(['status', 'q', '-w', '--json', '--remove', '--interval', '0.05'], { cwd });
  await eventually(() => watching.stdout().split('\n').length > 2);
  watching.child.kill('SIGINT');
  const ended = await watching.ended;
  expect(ended).toMatchObject({ code: 130, stderr: '' });
  expect(jsonLines(ended).at(-1)).toMatchObject({ counts: { ready: 1, done: null }, donePerSecond: null, etaMs: null });
});

// Root may write everywhere: then the command runs as somebody who may not.
it('reads a folder that can not be written, and ends with 5 where it would change it', async (ctx) => {
  const cwd = await workedFolder();
  const asOther = process.getuid?.() === 0 ? { cwd, uid: 65_534 } : { cwd };
  chmodSync(cwd, 0o755);
  spawnSync('chmod', ['-R', 'a-w,a+rX', join(cwd, 'q')]);
  const canRun = await startProgram(process.execPath, [MAIN, '--version'], asOther).ended.catch(() => undefined);
  if (canRun?.code !== 0) return ctx.skip('another user can not run dibs from here');
  writeFileSync(join(cwd, 'new.tsv'), '');
  for (const words of ['put q --copy new.tsv', 'work q -- true', 'retry q', 'purge q --yes']) {
    expect(await startDibs(words.split(' '), asOther).ended, words).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/^dibs: .*\n$/),
    });
  }
  for (const words of ['status q', 'outstanding q', 'failed q', 'verify q']) {
    expect(await startDibs(words.split(' '), asOther).ended, words).toMatchObject({ code: 0, stderr: '' });
  }
  spawnSync('chmod', ['-R', 'u+w', join(cwd, 'q')]);
});
