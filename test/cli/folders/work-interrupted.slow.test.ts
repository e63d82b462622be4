import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dibs, jsonLines, startDibs } from '../dibs.ts';
import { eventually, isAlive } from '../processes.ts';
import { folderOf } from './folder-of.ts';

function lines(cwd: string, file: string): string[] {
  return existsSync(join(cwd, file)) ? readFileSync(join(cwd, file), 'utf8').split('\n').filter(Boolean) : [];
}

function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `f${i}.tsv`);
}

// Begins, waits for the file `go`, ends: each step is told to a ledger.
const GATED = 'echo "$$" >> pids; echo "$DIBS_NAME" >> begun; while [ ! -e go ]; do sleep 0.02; done; echo "$DIBS_NAME" >> ended';

it('finishes what runs at the first Ctrl-C, and takes no more', async () => {
  const cwd = await folderOf(namesOf(5));
  const working = startDibs(['work', 'q', '-j', '2', '--order', 'strict', '--', 'sh', '-c', GATED], { cwd });
  await eventually(() => lines(cwd, 'begun').length === 2);
  working.child.kill('SIGINT');
  await eventually(() => working.stderr().includes('finishing what runs; once more (Ctrl-C) ends it now'));
  writeFileSync(join(cwd, 'go'), '');
  expect(await working.ended).toMatchObject({ code: 130, signal: null, stderr: expect.stringContaining('interrupted, 3 messages left') });
  expect(lines(cwd, 'ended').toSorted()).toEqual(['f0.tsv', 'f1.tsv']);
  expect((await dibs(['outstanding', 'q'], { cwd })).stdout).toBe('f2.tsv\nf3.tsv\nf4.tsv\n');
});

it('ends at once at Ctrl-C while it waits for producers', async () => {
  const cwd = await folderOf(['a.tsv']);
  const working = startDibs(['work', 'q', '--producers', '1', '--', 'true'], { cwd });
  await eventually(() => working.stderr().includes('waiting for producers'));
  working.child.kill('SIGINT');
  expect(await working.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('interrupted, 0 messages left') });
});

it('kills what runs at the second, and gives its files back uncounted', async () => {
  const cwd = await folderOf(namesOf(3));
  const script = 'trap "" TERM INT; echo "$$" >> pids; sleep 60 & echo "$!" >> pids; wait';
  const working = startDibs(['work', 'q', '-j', '2', '--json', '--', 'sh', '-c', script], { cwd });
  await eventually(() => lines(cwd, 'pids').length === 4);
  working.child.kill('SIGINT');
  await eventually(() => working.stderr().includes('once more'));
  working.child.kill('SIGTERM');
  const ended = await working.ended;
  expect(ended).toMatchObject({ code: 143, signal: null });
  expect(jsonLines(ended)).toMatchObject([
    { event: 'report', taken: 2, released: 2, failed: 0, interrupted: { how: 'forced' }, counts: { ready: 3, claimed: 0, done: 0 } },
  ]);
  expect(lines(cwd, 'pids').filter((pid) => isAlive(Number(pid)))).toEqual([]);
  const left = jsonLines(await dibs(['outstanding', 'q', '--json'], { cwd }));
  expect(left).toMatchObject([{ attempts: 0 }, { attempts: 0 }, { attempts: 0 }]);
});

it('loses nothing by kill -9: the rerun does what is missing, and what was done is not done again', async () => {
  const cwd = await folderOf(namesOf(40));
  const script = 'echo "$DIBS_NAME $DIBS_ATTEMPT" >> begun; sleep 0.0$(( $$ % 9 )); echo "$DIBS_NAME" >> ended';
  const acknowledged: unknown[] = [];
  for (let kill = 1; kill <= 3; kill++) {
    const working = startDibs(['work', 'q', '-q', '-j', '3', '--json', '--', 'sh', '-c', script], { cwd });
    await eventually(() => working.stdout().split('\n').length > 6);
    working.child.kill('SIGKILL');
    const { stdout } = await working.ended;
    acknowledged.push(...jsonLines({ stdout: stdout.slice(0, stdout.lastIndexOf('\n') + 1) }));
  }
  expect((await dibs(['work', 'q', '-q', '-j', '3', '--', 'sh', '-c', script], { cwd })).code).toBe(0);

  expect([...new Set(lines(cwd, 'ended'))].toSorted()).toEqual(namesOf(40).toSorted());
  expect(readdirSync(join(cwd, 'q', 'done')).toSorted()).toEqual(namesOf(40).toSorted());
  expect(acknowledged.length).toBeGreaterThanOrEqual(18);
  // Told as done means done for good: its last attempt was the one that was told.
  for (const event of acknowledged) {
    expect(event).toMatchObject({ event: 'done' });
    const { id = '', attempt = 0 }: { id?: string; attempt?: number } = typeof event === 'object' && event !== null ? event : {};
    expect(
      lines(cwd, 'begun')
        .filter((line) => line.startsWith(`${id} `))
        .at(-1),
    ).toBe(`${id} ${attempt}`);
  }
});

it('shows a killed worker as dead with what it had, and the next one takes it at once, with its programs gone', async () => {
  const cwd = await folderOf(['a.tsv']);
  const working = startDibs(['work', 'q', '--', 'sh', '-c', `echo "$$"; ${GATED}`], { cwd });
  await eventually(() => working.stdout() !== '' && lines(cwd, 'pids').length === 1);
  expect(jsonLines(await dibs(['status', 'q', '--json'], { cwd }))).toMatchObject([
    { claims: [{ name: 'a.tsv', pid: working.child.pid, attempt: 1, standing: 'alive', heldMs: expect.any(Number) }] },
  ]);
  expect((await dibs(['release', 'q'], { cwd })).code).toBe(75);
  working.child.kill('SIGKILL');
  await working.ended;
  expect(jsonLines(await dibs(['status', 'q', '--json'], { cwd }))).toMatchObject([{ claims: [{ name: 'a.tsv', standing: 'dead' }] }]);
  await eventually(() => lines(cwd, 'pids').every((pid) => !isAlive(Number(pid))));
  writeFileSync(join(cwd, 'go'), '');
  expect(jsonLines(await dibs(['work', 'q', '--json', '--', 'sh', '-c', GATED], { cwd }))).toMatchObject([
    { event: 'done', id: 'a.tsv', attempt: 2 },
    { event: 'report' },
  ]);
});

it('gives up a file whose program kills dibs each time', async () => {
  const cwd = await folderOf(['poison.tsv', 'good.tsv']);
  const words = ['work', 'q', '--order', 'strict', '--', 'sh', '-c', 'test "$DIBS_NAME" = good.tsv || kill -9 $PPID'];
  for (let kill = 1; kill <= 3; kill++) expect(await startDibs(words, { cwd }).ended).toMatchObject({ signal: 'SIGKILL' });
  expect(await dibs(['work', 'q', '--', 'true'], { cwd })).toMatchObject({ code: 1 });
  expect(jsonLines(await dibs(['failed', 'q', '--json'], { cwd }))).toMatchObject([
    { name: 'poison.tsv', attempts: 3, error: { name: 'KilledError' } },
  ]);
});
