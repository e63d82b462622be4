import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dibs, jsonLines } from '../dibs.ts';
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

it('prints the status that the library returns, and how long files are held, as one line of JSON', async () => {
  const cwd = await workedFolder();
  const ended = await dibs(['status', 'q', '--json'], { cwd });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(jsonLines(ended)).toEqual([
    {
      kind: 'folder-queue',
      directory: join(cwd, 'q'),
      version: 1,
      extension: '.tsv',
      maxAttempts: 1,
      counts: { ready: 2, claimed: 0, done: 1, failed: 2 },
      claims: [],
      consumers: [],
      producers: [
        {
          name: 'extract',
          host: expect.any(String),
          pid: process.pid,
          since: expect.stringMatching(/^\d{4}-.*Z$/),
          state: 'done',
          reason: null,
          standing: null,
        },
      ],
      foreignClaims: 0,
      warnings: expect.any(Array),
    },
  ]);
});

it('prints it for people too', async () => {
  const cwd = await workedFolder();
  const { code, stdout } = await dibs(['status', 'q'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /\/q: folder of \.tsv files, 1 attempt each, format 1\n {2}state +waiting for a worker\n {2}ready +2\n {2}claimed +0\n {2}done +1\n {2}failed +2\n\n {2}producer +where +since +is\n {2}extract +process \d+ on \S+ +\S+ +done\n/,
  );
  expect(stdout).not.toContain('\u001b');
});

it('warns of what would surprise', async () => {
  const cwd = await folderOf(['a.tsv'], '--producer', 'extract');
  await dibs(['work', 'q', '-q', '--', 'true'], { cwd });
  mkdirSync(join(cwd, 'q', 'sub.tsv'));
  const { stdout } = await dibs(['status', 'q'], { cwd });
  expect(stdout).toMatch(/\n {2}! All producers are done and nothing is left: a reader ends at once\. /);
  expect(stdout).toMatch(/\n {2}! sub\.tsv: It looks like a message and is none: it is a directory\. /);
});

it('lists what is outstanding by name, safe on a terminal, and as JSON with all there is', async () => {
  const cwd = await workedFolder();
  expect(await dibs(['outstanding', 'q'], { cwd })).toMatchObject({ code: 0, stdout: 'a\u200d b.tsv\nc.tsv\n' });
  expect(jsonLines(await dibs(['outstanding', 'q', '--json', '-n', '1'], { cwd }))).toEqual([
    { name: 'a\u200d b.tsv', path: join(cwd, 'q', 'a\u200d b.tsv'), attempts: 0 },
  ]);
});

it('lists what was given up with its reason, and puts it back to work', async () => {
  const cwd = await workedFolder();
  expect((await dibs(['failed', 'q'], { cwd })).stdout).toMatch(
    /^bad\.tsv {2}1 attempt {2}\S+Z\n {4}ProgramFailedError: exit code 3: can not load bad\.tsv\nworse\.tsv {2}1 attempt {2}\S+Z\n {4}.*\n$/,
  );
  expect(jsonLines(await dibs(['failed', 'q', '--json', '--limit', '1'], { cwd }))).toEqual([
    {
      name: 'bad.tsv',
      path: join(cwd, 'q', 'failed', 'bad.tsv'),
      attempts: 1,
      error: { name: 'ProgramFailedError', message: 'exit code 3: can not load bad.tsv', stack: expect.any(String) },
      at: expect.stringMatching(/Z$/),
    },
  ]);
  expect(await dibs(['retry', 'q', 'worse.tsv', 'ok.tsv'], { cwd })).toMatchObject({
    code: 1,
    stdout: '1 message put back to work\n',
    stderr: 'dibs: 1 of 2 ids not failed. Run: dibs failed q\n',
  });
  expect(await dibs(['retry', 'q', '--json'], { cwd })).toMatchObject({ code: 0, stdout: '{"retried":1}\n' });
  expect(await dibs(['work', 'q', '-q', '--', 'true'], { cwd })).toMatchObject({ code: 0 });
});

it('says of a file without a report that there is none', async () => {
  const cwd = await workedFolder();
  rmSync(join(cwd, 'q', 'failed', 'bad.tsv.error.json'));
  expect((await dibs(['failed', 'q', '-n', '1'], { cwd })).stdout).toBe('bad.tsv\n    no report lies beside it\n');
});

it('verifies: nothing in a sound folder, each file that is not as it should be in another', async () => {
  const cwd = await workedFolder();
  expect(await dibs(['verify', 'q'], { cwd })).toMatchObject({ code: 0, stdout: 'No damage.\n', stderr: '' });
  writeFileSync(join(cwd, 'q', 'failed', 'bad.tsv.error.json'), '{"na');
  expect(jsonLines(await dibs(['verify', 'q', '--json'], { cwd }))).toEqual([
    { file: 'failed/bad.tsv.error.json', reason: 'it is no whole report' },
  ]);
  expect(await dibs(['verify', 'q'], { cwd })).toMatchObject({
    code: 1,
    stdout: 'failed/bad.tsv.error.json: it is no whole report\n',
    stderr: 'dibs: 1 file to be looked at. All other files are served.\n',
  });
});

it.each(['status', 'outstanding', 'failed', 'verify', 'release', 'reset', 'purge', 'tail', 'work -- true', 'put a.tsv', 'retry'])(
  'refuses a folder that a newer version wrote, and touches nothing: %s',
  async (line) => {
    const cwd = await folderOf(['a.tsv']);
    const { formatRecord } = await import('../../../src/formats/json-record.ts');
    const manifest = formatRecord({ name: 'dibs/folder-queue', version: 2 }, { extension: '.tsv', maxAttempts: 3 });
    writeFileSync(join(cwd, 'q', '.dibs', 'queue.json'), manifest);
    const [verb = '', ...words] = line.split(' ');
    const { code, stdout, stderr } = await dibs([verb, 'q', ...words], { cwd, input: 'y\n' });
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toMatch(/^dibs: .*queue\.json is written in format 2, and this version reads up to 1\. /);
    expect(readdirSync(join(cwd, 'q')).toSorted()).toEqual(['.dibs', 'a.tsv']);
  },
);
