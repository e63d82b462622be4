import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProgramFailedError } from '../../../src/cli/child/program-failed-error.ts';
import type { OutputSource } from '../../../src/cli/child/program-output.ts';
import { runProgram } from '../../../src/cli/child/run-program.ts';
import type { ProgramRun } from '../../../src/cli/child/run-program.ts';
import { PermanentError } from '../../../src/errors.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { eventually, isAlive } from '../processes.ts';

const never = new AbortController().signal;

/** Runs a script of Node's or sh's, and gives what it wrote. */
async function run(words: readonly string[], options: Partial<ProgramRun> = {}): Promise<Record<OutputSource, string>> {
  const output = { stdout: '', stderr: '' };
  await runProgram({
    words,
    env: process.env,
    killAfterMs: 100,
    signal: never,
    onOutput: async (from, lines) => void (output[from] += lines.toString()),
    ...options,
  });
  return output;
}

const sh = (script: string, ...args: string[]): string[] => ['sh', '-c', script, 'sh', ...args];

describe('a program that ends well', () => {
  it('gets its words as they are and tells what it wrote, line by line', async () => {
    const value = `a 'b' "c"\n-rf $(id) 🦊`;
    expect(await run([process.execPath, '-e', 'process.stdout.write(process.argv[1]); console.error("e")', value])).toEqual({
      stdout: `${value}\n`,
      stderr: 'e\n',
    });
  });

  it('reads the value on stdin when told to, and nothing else', async () => {
    expect((await run(['cat'], { stdin: 'a\nb' })).stdout).toBe('a\nb\n');
    expect((await run(['cat'])).stdout).toBe('');
  });

  it('need not read what it is given', async () => {
    await run(['true'], { stdin: 'x'.repeat(1_000_000) });
  });

  it('waits while its output is not taken, and loses none of it', async () => {
    let bytes = 0;
    await run(sh('yes 0123456789 | head -c 1100000'), {
      onOutput: async (_, lines) => {
        await new Promise((resolve) => setImmediate(resolve));
        bytes += lines.length;
      },
    });
    expect(bytes).toBe(1_100_000);
  });

  it('is over when it ends, whatever it left running with its output open', async () => {
    const folder = tempFolder();
    const pidFile = join(folder, 'pid');
    const { stdout } = await run(sh('sleep 60 & echo $! > "$1"; echo started', pidFile));
    expect(stdout).toBe('started\n');
    const left = Number(readFileSync(pidFile, 'utf8'));
    expect(isAlive(left)).toBe(true);
    process.kill(left, 'SIGKILL');
  });
});

describe('a program that fails', () => {
  it.each([
    [sh('exit 3'), 'exit code 3'],
    [sh('echo first >&2; echo "  no such order  " >&2; exit 1'), 'exit code 1: no such order'],
    [sh('kill -SEGV $$'), 'killed by SIGSEGV'],
    [['no-such-program-at-all'], "can't be started (ENOENT)"],
    [['/'], "can't be started (EACCES)"],
  ])('says how: %j', async (words, message) => {
    const error = await run(words).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProgramFailedError);
    expect(error).toHaveProperty('message', message);
    expect(error).toHaveProperty('stack', `ProgramFailedError: ${message}`);
  });

  it('is given up at once when its words are more than the system takes', async () => {
    const words = Array.from({ length: 40 }, () => 'x'.repeat(100_000));
    await expect(run(['true', ...words])).rejects.toThrow(PermanentError);
  });
});

describe('a program that takes too long', () => {
  it('gets a SIGTERM first, and may end by it', async () => {
    const output: string[] = [];
    const failing = run(sh("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.02; done"), {
      timeoutMs: 1_000,
      killAfterMs: 20_000,
      onOutput: async (from, lines) => void (from === 'stdout' && output.push(lines.toString())),
    });
    await expect(failing).rejects.toThrow(/^timed out after 1.0s/);
    expect(output.join('')).toBe('ready\nbye\n');
  });

  it('is killed with all that it started when it does not', async () => {
    const pidFile = join(tempFolder(), 'pid');
    await expect(run(sh('trap "" TERM; sleep 60 & echo $! > "$1"; wait', pidFile), { timeoutMs: 1_000 })).rejects.toThrow('timed out');
    await eventually(() => !isAlive(Number(readFileSync(pidFile, 'utf8'))));
  });

  it('leaves nobody of its group when it ends by the SIGTERM and its children do not', async () => {
    const pidFile = join(tempFolder(), 'pid');
    const script = '(trap "" TERM; sleep 60 & echo $! > "$1"; wait) & sleep 60';
    await expect(run(sh(script, pidFile), { timeoutMs: 1_000, killAfterMs: 20_000 })).rejects.toThrow('timed out');
    await eventually(() => !isAlive(Number(readFileSync(pidFile, 'utf8'))));
  });
});

describe('what a program left running, and goes on writing', () => {
  const CHATTY = `sh -c 'trap "" TERM; while :; do echo $$; sleep 0.02; done'`;

  it('ends with the time of the program, which is what its own end says', async () => {
    const { stdout } = await run(sh(`${CHATTY} & exit 0`), { timeoutMs: 300 });
    await eventually(() => !isAlive(Number(stdout.split('\n')[0])));
    await expect(run(sh(`${CHATTY} & exit 3`), { timeoutMs: 300 })).rejects.toThrow('exit code 3');
  });

  it('is not waited for when it left the group too', async (ctx) => {
    if (spawnSync('setsid', ['true']).status !== 0) return ctx.skip('there is no setsid(1) here');
    const pidFile = join(tempFolder(), 'pid');
    const script = `setsid sh -c 'echo $$ > "$1"; while :; do echo x; sleep 0.02; done' sh "$1" & exit 0`;
    await run(sh(script, pidFile), { timeoutMs: 300 });
    // Its output was closed, so its next word ends it.
    await eventually(() => !isAlive(Number(readFileSync(pidFile, 'utf8'))));
  });

  it('is killed when it is told to end, after the end of the program', async () => {
    const force = new AbortController();
    let group = 0;
    const running = run(sh(`${CHATTY} & exit 0`), {
      signal: force.signal,
      guard: { add: (pid) => void (group = pid), remove: () => {} },
      onOutput: async () => {
        if (!isAlive(group)) force.abort(new Error('forced'));
      },
    });
    await expect(running).rejects.toThrow('forced');
  });
});

describe('a program that is told to end', () => {
  it('is killed at once with all that it started, and rejects with the reason', async () => {
    const pidFile = join(tempFolder(), 'pid');
    writeFileSync(pidFile, '');
    const force = new AbortController();
    const running = run(sh('trap "" TERM INT; sleep 60 & echo $! > "$1"; echo ready; wait', pidFile), {
      signal: force.signal,
      onOutput: async () => force.abort(new Error('forced')),
    });
    await expect(running).rejects.toThrow('forced');
    await eventually(() => !isAlive(Number(readFileSync(pidFile, 'utf8'))));
  });

  it('is not started when that was before', async () => {
    await expect(run(['true'], { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });

  it('tells its group to the guard for as long as it runs', async () => {
    const told: string[] = [];
    const guard = { add: () => void told.push('add'), remove: () => void told.push('remove') };
    await expect(run(sh('exit 1'), { guard })).rejects.toThrow('exit code 1');
    expect(told).toEqual(['add', 'remove']);
  });
});
