import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEEP } from '../../support/sample.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, jsonLines, MAIN, startDibs, startProgram } from '../dibs.ts';
import type { Running } from '../dibs.ts';
import { eventually, isAlive } from '../processes.ts';

async function queueOf(count: number): Promise<string> {
  const cwd = tempFolder();
  await dibs(['put', 'q', '-'], { cwd, input: Array.from({ length: count }, (_, i) => `m${i}\n`).join('') });
  return cwd;
}

function lines(cwd: string, file: string): string[] {
  return existsSync(join(cwd, file)) ? readFileSync(join(cwd, file), 'utf8').split('\n').filter(Boolean) : [];
}

// Begins, waits for the file `go`, ends: each step is told to a ledger. Its own process group takes no Ctrl-C of ours.
const GATED = 'echo "$$" >> pids; echo "$1" >> begun; while [ ! -e go ]; do sleep 0.02; done; echo "$1" >> ended';

describe('the first signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s finishes what runs, takes no more, and ends with %d', async (signal, code) => {
    const cwd = await queueOf(5);
    const working = startDibs(['work', 'q', '-j', '2', '--', 'sh', '-c', GATED, 'sh'], { cwd });
    await eventually(() => lines(cwd, 'begun').length === 2);
    working.child.kill(signal);
    await eventually(() => working.stderr().includes('finishing what runs; once more (Ctrl-C) ends it now'));
    writeFileSync(join(cwd, 'go'), '');
    const ended = await working.ended;
    expect(ended).toMatchObject({ code, signal: null, stderr: expect.stringContaining('interrupted, 3 messages left') });
    expect(lines(cwd, 'ended').toSorted()).toEqual(['m0', 'm1']);
    expect((await dibs(['outstanding', 'q'], { cwd })).stdout).toBe('m2\nm3\nm4\n');
  });
});

describe('the second signal', () => {
  it('kills what runs with all that it started, and gives it back uncounted', async () => {
    const cwd = await queueOf(3);
    const script = 'trap "" TERM INT; echo "$$" >> pids; sleep 60 & echo "$!" >> pids; wait';
    const working = startDibs(['work', 'q', '-j', '2', '--json', '--', 'sh', '-c', script, 'sh'], { cwd });
    await eventually(() => lines(cwd, 'pids').length === 4);
    working.child.kill('SIGINT');
    await eventually(() => working.stderr().includes('once more'));
    working.child.kill('SIGTERM');
    const ended = await working.ended;
    expect(ended).toMatchObject({ code: 143, signal: null });
    expect(jsonLines(ended)).toMatchObject([
      {
        event: 'report',
        taken: 2,
        released: 2,
        failed: 0,
        interrupted: { how: 'forced', signal: expect.stringMatching(/^SIG/) },
        counts: { waiting: 3, taken: 0 },
      },
    ]);
    expect(lines(cwd, 'pids').filter((pid) => isAlive(Number(pid)))).toEqual([]);
    expect(jsonLines(await dibs(['outstanding', 'q', '--json'], { cwd }))).toMatchObject([
      { attempts: 0 },
      { attempts: 0 },
      { attempts: 0 },
    ]);
  });
});

describe('kill -9 of dibs work', () => {
  it('loses nothing: the rerun does what is missing, and what was done is not done again', async () => {
    const [kills, count] = DEEP ? [4, 60] : [2, 32];
    const cwd = await queueOf(count);
    const script = 'echo "$1 $DIBS_ATTEMPT" >> begun; sleep 0.0$(( $$ % 9 )); echo "$1" >> ended';
    for (let kill = 1; kill <= kills; kill++) {
      const working = startDibs(['work', 'q', '-q', '-j', '3', '--json', '--', 'sh', '-c', script, 'sh'], { cwd });
      await eventually(() => jsonLines({ stdout: working.stdout().slice(0, working.stdout().lastIndexOf('\n') + 1) }).length >= 8);
      working.child.kill('SIGKILL');
      const { stdout } = await working.ended;
      writeFileSync(join(cwd, 'acknowledged'), stdout.slice(0, stdout.lastIndexOf('\n') + 1), { flag: 'a' });
    }
    expect((await dibs(['work', 'q', '-q', '-j', '3', '--', 'sh', '-c', script, 'sh'], { cwd })).code).toBe(0);

    const all = Array.from({ length: count }, (_, i) => `m${i}`);
    const begun = lines(cwd, 'begun').map((line) => line.split(' ')[0] ?? '');
    expect([...new Set(lines(cwd, 'ended'))].toSorted()).toEqual(all.toSorted());
    // Told as done means done for good: it was begun once, or as often as its attempt says.
    for (const event of jsonLines({ stdout: readFileSync(join(cwd, 'acknowledged'), 'utf8') })) {
      expect(event).toMatchObject({ event: 'done' });
    }
    expect(lines(cwd, 'acknowledged').length).toBeGreaterThanOrEqual(kills * 8);
    // Each kill may repeat the three that ran, and the three whose end was not yet told.
    expect(begun.length - count).toBeLessThanOrEqual(kills * 6);
  });

  it('takes its programs with it, so that none runs beside its own repetition', async () => {
    const cwd = await queueOf(2);
    const working = startDibs(['work', 'q', '-j', '2', '--', 'sh', '-c', `echo "$$"; ${GATED}`, 'sh'], { cwd });
    // What was passed on of their output shows that dibs knows of both.
    await eventually(() => working.stdout().split('\n').length === 3 && lines(cwd, 'pids').length === 2);
    working.child.kill('SIGKILL');
    await eventually(() => lines(cwd, 'pids').every((pid) => !isAlive(Number(pid))));
    writeFileSync(join(cwd, 'go'), '');
    expect((await dibs(['work', 'q', '--', 'sh', '-c', GATED, 'sh'], { cwd })).code).toBe(0);
    expect(lines(cwd, 'ended')).toEqual(['m0', 'm1']);
  });

  it('gives up a message whose program kills dibs each time', async () => {
    const cwd = tempFolder();
    await dibs(['put', 'q', 'poison', 'good'], { cwd });
    const script = 'test "$1" = good || { kill -9 "$PPID"; sleep 60; }; echo "$1" >> ended';
    for (let kill = 1; kill <= 3; kill++) {
      expect(await startDibs(['work', 'q', '--', 'sh', '-c', script, 'sh'], { cwd }).ended).toMatchObject({ signal: 'SIGKILL' });
    }
    expect((await dibs(['work', 'q', '--', 'sh', '-c', script, 'sh'], { cwd })).code).toBe(1);
    expect(lines(cwd, 'ended')).toEqual(['good']);
    expect(jsonLines(await dibs(['failed', 'q', '--json'], { cwd }))).toMatchObject([{ value: 'poison', attempts: 3 }]);
  });
});

describe('on a terminal', () => {
  const haveScript = spawnSync('script', ['--version']).status === 0;

  it("Ctrl-C reaches dibs alone: what runs is finished, and the terminal's second one kills it", async (ctx) => {
    if (!haveScript) return ctx.skip('there is no script(1) here to make a terminal with');
    const cwd = await queueOf(3);
    const begin = async (count: number): Promise<Running> => {
      const working = startOnTerminal(cwd, `work q -- sh -c '${GATED.replaceAll("'", '')}' sh`, {}, true);
      await eventually(() => lines(cwd, 'begun').length === count);
      working.child.stdin?.write('\u0003');
      await eventually(() => working.stdout().includes('finishing what runs'));
      return working;
    };
    const first = await begin(1);
    writeFileSync(join(cwd, 'go'), '');
    await first.ended;
    expect(lines(cwd, 'ended')).toEqual(['m0']);

    rmSync(join(cwd, 'go'));
    const second = await begin(2);
    // The same key within half a second counts as its own echo, so it is pressed until it is heard.
    const pressing = setInterval(() => second.child.stdin?.write('\u0003'), 100);
    expect((await second.ended).stdout).toContain('1 given back');
    clearInterval(pressing);
    expect(lines(cwd, 'pids').filter((pid) => isAlive(Number(pid)))).toEqual([]);
    expect((await dibs(['outstanding', 'q'], { cwd })).stdout).toBe('m1\nm2\n');
  });

  /** Runs `dibs` on a terminal of its own. */
  function startOnTerminal(cwd: string, words: string, env: Record<string, string> = {}, moreInput?: true): Running {
    const command = `stty cols 70; '${process.execPath}' '${MAIN}' ${words}`;
    return startProgram('script', ['-qec', command, '/dev/null'], { cwd, env: { TERM: 'xterm', ...env }, ...(moreInput && { moreInput }) });
  }

  /** What the terminal showed. */
  async function onTerminal(cwd: string, words: string, env: Record<string, string> = {}): Promise<string> {
    const { code, stdout } = await startOnTerminal(cwd, words, env).ended;
    expect(code).toBe(0);
    return stdout;
  }

  it('W-08 is one line drawn again and again on a terminal, and gone at the end', async (ctx) => {
    if (!haveScript) return ctx.skip('there is no script(1) here to make a terminal with');
    const cwd = await queueOf(4);
    const screen = await onTerminal(cwd, 'work q -- sh -c "sleep 0.15; echo did \\$1" sh');
    expect(screen.split('\r\u001b[K').filter((part) => part.includes('[######..................]')).length).toBeGreaterThan(0);
    expect(screen).toMatch(/\[#+\.*\] {2}\d\/4 {2}1 running/);
    expect(screen).toContain('did m3\r\n');
    expect(screen).toContain('\u001b[32m4 messages done in ');
    for (const part of screen.split(/\r\u001b\[K|\r\n/)) expect(part.replace(/\u001b\[\d+m/g, '').length).toBeLessThan(70);
    expect(screen.split('\r\u001b[K').at(-1)).toMatch(/^dibs: .*nothing left.*\r\n$/);
  });

  it('W-08 is whole lines elsewhere, and has no colours there', async () => {
    const cwd = await queueOf(2);
    const { stdout, stderr } = await dibs(['work', 'q', '--', 'echo'], { cwd });
    expect(stdout).toBe('m0\nm1\n');
    expect(stderr).toMatch(/^(dibs: \d of 2 done.*\n)+dibs: 2 messages done in \d+\.\ds; nothing left\n$/);
  });

  it('W-08 keeps to NO_COLOR and to a dumb terminal', async (ctx) => {
    if (!haveScript) return ctx.skip('there is no script(1) here to make a terminal with');
    const cwd = await queueOf(1);
    expect(await onTerminal(cwd, 'work q -- true', { NO_COLOR: '1' })).not.toMatch(/\u001b\[\d+m/);
    await dibs(['put', 'q', 'more'], { cwd });
    expect(await onTerminal(cwd, 'work q -- true', { TERM: 'dumb' })).not.toContain('\u001b');
  });

  it('W-08 shows a status that draws over itself on a terminal', async (ctx) => {
    if (!haveScript) return ctx.skip('there is no script(1) here to make a terminal with');
    const cwd = await queueOf(1);
    await dibs(['put', 'q', '--close'], { cwd });
    const working = startDibs(['work', 'q', '--', 'sh', '-c', GATED, 'sh'], { cwd });
    await eventually(() => lines(cwd, 'begun').length === 1);
    const watching = startOnTerminal(cwd, 'status q --watch --interval 0.1');
    await eventually(() => /\u001b\[\d+A\u001b\[J/.test(watching.stdout()));
    writeFileSync(join(cwd, 'go'), '');
    expect(await watching.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/state +\u001b\[1mfinished/) });
    await working.ended;
  });
});
