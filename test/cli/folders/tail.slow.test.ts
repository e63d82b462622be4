import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dibs, jsonLines, startDibs } from '../dibs.ts';
import { eventually } from '../processes.ts';
import { folderOf } from './folder-of.ts';

const TAIL = ['tail', 'q', '--interval', '0.02'];
const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);

it('prints the same as JSON, with the reason of what was given up and of a producer that failed', async () => {
  const cwd = await folderOf([], '--producer', 'first', '--retries', '1');
  const tail = startDibs([...TAIL, '--json'], { cwd });
  let probes = 0;
  let next = 0;
  // Until it says something it may not have looked yet; each probe is worked off later, so they are few.
  await eventually(() => {
    if (tail.stdout() === '' && performance.now() >= next) {
      writeFileSync(join(cwd, 'q', `probe${probes++}.tsv`), '');
      next = performance.now() + 200;
    }
    return tail.stdout() !== '';
  });
  await dibs(['work', 'q', '-q', '--', 'sh', '-c', 'echo "no such row" >&2; exit 1'], { cwd });
  await eventually(() => tail.stdout().includes('"event":"failed"'));
  await dibs(['put', 'q', '--producer', 'extract', 'nowhere.tsv'], { cwd });
  await eventually(() => tail.stdout().includes('"says":"failed"'));
  tail.child.kill('SIGTERM');
  const ended = await tail.ended;
  expect(ended).toMatchObject({ code: 143, stderr: '' });
  const events = jsonLines(ended);
  const producer = { at, event: 'producer', producer: 'extract', host: expect.any(String), pid: process.pid };
  expect(events[0]).toEqual({ at, event: 'put', name: expect.stringMatching(/^probe/), path: expect.stringMatching(/\/q\/probe/) });
  expect(events).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        at,
        event: 'failed',
        name: expect.stringMatching(/^probe/),
        path: expect.stringContaining('/q/failed/probe'),
      }),
      { ...producer, says: 'helo' },
      { ...producer, says: 'failed', reason: expect.stringContaining('no such file') },
    ]),
  );
});

it('can not be fooled by a name with escape sequences into drawing on the terminal', async () => {
  const cwd = await folderOf([], '--producer', 'first', '--extension', '.tsv');
  const tail = startDibs(TAIL, { cwd });
  await eventually(() => tail.stderr() !== '');
  const record = {
    header: { type: 'helo', uuid: 'u', createdBy: '', hostName: 'h\u001b[2J', machineFQDN: 'h', pid: '004711' },
    dibs: { producer: 'two\nlines\u202e' },
  };
  writeFileSync(join(cwd, 'q', '.staged'), JSON.stringify(record));
  renameSync(join(cwd, 'q', '.staged'), join(cwd, 'q', '20261121_130405_123456__004711.helo'));
  await eventually(() => tail.stdout() !== '');
  tail.child.kill('SIGINT');
  expect((await tail.ended).stdout.slice(10)).toBe(String.raw`producer  "two\nlines\u202e" (process 4711 on h\u001b[2J) says HELO` + '\n');
});

it('ends quietly when its reader has enough', async () => {
  const cwd = await folderOf(['a.tsv']);
  const tail = startDibs(TAIL, { cwd });
  await eventually(() => tail.stderr() !== '');
  tail.child.stdout?.destroy();
  let puts = 0;
  const putting = setInterval(() => writeFileSync(join(cwd, 'q', `b${puts++}.tsv`), ''), 50);
  expect(await tail.ended).toMatchObject({ code: 0, signal: null });
  clearInterval(putting);
});
