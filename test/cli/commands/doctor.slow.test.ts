import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hastyClock } from '../../support/hasty-clock.ts';
import { DEEP } from '../../support/sample.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, jsonLines, startDibs } from '../dibs.ts';
import { eventually } from '../processes.ts';

/** What is measured for some time ends soon by it, and few files are raced for: the first test takes the time it takes. */
const hasty = () => hastyClock({ ticksMs: 10 });

describe('dibs doctor', () => {
  it('examines a folder that need not be a queue, and leaves it as it was', async () => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, 'holiday.txt'), 'x');
    const { code, stdout, stderr } = await dibs(['doctor', '.'], { cwd });
    // In memory nothing survives a power cut, so there it is right to complain.
    expect(code).toBe(/in memory/.test(stdout) ? 1 : 0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/ {2}rename race {5}\d+.* files, 4 processes: one winner each/);
    expect(stdout).not.toContain('\u001b');
    expect(readdirSync(cwd)).toEqual(['holiday.txt']);
  });

  it('prints what the library returns as one line of JSON, also of a queue in use, and harms nothing of it', async () => {
    const cwd = tempFolder();
    await dibs(['put', 'q', 'a', 'b'], { cwd });
    const before = readdirSync(join(cwd, 'q'));
    const ended = await dibs(['doctor', 'q', '--json'], { cwd, clock: hasty() });
    const [report, ...more] = jsonLines(ended);
    expect([more, ended.stderr]).toEqual([[], '']);
    expect(report).toEqual({
      directory: expect.stringMatching(/^\//),
      holds: expect.any(Boolean),
      promises: [1, 2, 3, 4, 5, 6, 9, 11].map((number) => ({
        number,
        promise: expect.any(String),
        holds: expect.any(Boolean),
        reasons: expect.any(Array),
      })),
      advice: expect.any(Array),
      notes: expect.any(Array),
      findings: expect.objectContaining({
        kind: { name: expect.anything(), nature: expect.any(String), options: expect.any(Array), cloud: null },
        races: { runs: 1, renames: expect.any(Object), links: expect.any(Object) },
        others: null,
      }),
    });
    expect(readdirSync(join(cwd, 'q'))).toEqual(before);
    expect((await dibs(['outstanding', 'q'], { cwd })).stdout).toBe('a\nb\n');
  });
});

describe('dibs doctor on what it can not examine', () => {
  it('is interrupted, and leaves nothing', async () => {
    const cwd = tempFolder();
    const running = startDibs(['doctor', '.', '--together', '2'], { cwd });
    await eventually(() => running.stderr() !== '');
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, stdout: '' });
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('dibs doctor --together', () => {
  // What the reports hold test/doctor/examine.slow.test.ts checks in each run, and that two runs meet the next test.
  it.skipIf(!DEEP)('lets two processes race in the same files, and each tell what it saw of the other', async () => {
    const cwd = tempFolder();
    const runs = [1, 2].map(() => startDibs(['doctor', '.', '--together', '2', '--json'], { cwd }));
    const ends = await Promise.all(runs.map(({ ended }) => ended));
    const reports = ends.map((ended) => jsonLines(ended)[0]);
    for (const [index, report] of reports.entries()) {
      const other = runs[1 - index]?.child.pid;
      expect(report).toMatchObject({
        findings: {
          races: { runs: 2, renames: { racers: 8, doubled: 0, lost: 0 }, links: { racers: 8, doubled: 0, lost: 0 } },
          others: [{ pid: other, listingMs: expect.any(Number), lookupMs: expect.any(Number), beatMs: expect.any(Number) }],
        },
      });
    }
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('ends for the other when one of two is killed', async () => {
    const cwd = tempFolder();
    const runs = [1, 2].map(() => startDibs(['doctor', '.', '--together', '2'], { cwd }));
    await eventually(() => runs.every(({ stderr }) => stderr() !== ''));
    const meeting = join(cwd, '.dibs-doctor', 'meeting');
    await eventually(() => namesBelow(meeting).filter((name) => name.includes('at.rename-ready.')).length === 2);
    runs[0]?.child.kill('SIGINT');
    const [stopped, left] = await Promise.all(runs.map(({ ended }) => ended));
    expect(stopped?.code).toBe(130);
    expect(left).toMatchObject({ code: 75, stderr: expect.stringMatching(/left while all examined in /) });
    expect(readdirSync(cwd)).toEqual([]);
  });
});

/** All names below a directory, which may go meanwhile. */
function namesBelow(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}
