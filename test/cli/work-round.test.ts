import { readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { ForeignValue, ForeignValueError } from '../../src/cli/foreign-value.ts';
import { OutputClosedError, OutputFailedError } from '../../src/cli/output.ts';
import { ProgramResults } from '../../src/cli/child/program-results.ts';
import { CannotStartError } from '../../src/cli/cannot-start-error.ts';
import { parseHalt } from '../../src/cli/halt.ts';
import type { WorkDisplay } from '../../src/cli/render/work-display.ts';
import { workRound } from '../../src/cli/work-round.ts';
import type { RoundPlan, RoundResult } from '../../src/cli/work-round.ts';
import { disk } from '../../src/fs/disk.ts';
import { FakeQueue } from '../support/fake-queue.ts';
import { tempFolder } from '../support/temp-folder.ts';

class RecordingDisplay implements WorkDisplay {
  readonly progressIntervalMs = null;
  readonly told: string[] = [];

  progress(): void {}
  async output(from: string, lines: Buffer): Promise<void> {
    this.told.push(`${from}: ${lines.toString().trim()}`);
  }
  async done({ id, attempt }: { id: string; attempt: number }): Promise<void> {
    this.told.push(`done ${id} ${attempt}`);
  }
  async failed({
    id,
    attempt,
    givenUp,
    error,
  }: {
    id: string;
    attempt: number;
    givenUp: boolean;
    error: { message: string };
  }): Promise<void> {
    this.told.push(`failed ${id} ${attempt}${givenUp ? ' given up' : ''}: ${error.message}`);
  }
  async notice(): Promise<void> {}
  async report(): Promise<void> {}
}

async function work(
  queue: FakeQueue<unknown>,
  words: readonly string[],
  plan: Partial<RoundPlan> = {},
  display = new RecordingDisplay(),
): Promise<RoundResult> {
  const workable = {
    maxAttempts: queue.maxAttempts,
    next: () => queue.get(),
    standing: async () => ({ counts: {}, left: queue.waiting.length, failed: 0 }),
  };
  return workRound(
    workable,
    {
      directory: 'q',
      words,
      stdin: false,
      timeoutMs: undefined,
      maxAttempts: queue.maxAttempts,
      halt: undefined,
      results: undefined,
      concurrency: 1,
      backoffMs: 0,
      env: process.env,
      clock: systemClock,
      ...plan,
    },
    display,
  );
}

it('runs the program for each message, and tells its end when it is on disk', async () => {
  const queue = new FakeQueue<unknown>(['a', 'b c']);
  const display = new RecordingDisplay();
  const { summary, stopped } = await work(queue, ['sh', '-c', 'echo "$DIBS_ID $DIBS_ATTEMPT: $1"', 'sh'], {}, display);
  expect(display.told).toEqual(['stdout: a 1: a', 'done a 1', 'stdout: b c 1: b c', 'done b c 1']);
  expect(queue.ledger).toEqual(['done a', 'done b c']);
  expect(summary.report).toMatchObject({ taken: 2, done: 2, failed: 0, interrupted: null });
  expect(stopped).toBeUndefined();
});

it('tries again what failed, and gives it up in the end', async () => {
  const queue = new FakeQueue<unknown>(['a', 'b'], { maxAttempts: 2 });
  const display = new RecordingDisplay();
  const { summary } = await work(queue, ['sh', '-c', 'test "$1" = b', 'sh'], {}, display);
  expect(display.told.toSorted()).toEqual(['done b 1', 'failed a 1: exit code 1', 'failed a 2 given up: exit code 1']);
  expect(queue.ledger.toSorted()).toEqual(['done b', 'failed a 1', 'given up a 2']);
  expect(summary.report).toMatchObject({ done: 1, failed: 1, retried: 1 });
});

it('gives up at once what no argument can carry', async () => {
  const queue = new FakeQueue<unknown>(['a\0b']);
  const display = new RecordingDisplay();
  await work(queue, ['true'], {}, display);
  expect(display.told).toEqual(['failed a\0b 1 given up: the value has a NUL character, which no argument can carry; use --stdin']);
});

it('takes no more after so many failures when that was asked for', async () => {
  const queue = new FakeQueue<unknown>(['a', 'b', 'c'], { maxAttempts: 1 });
  const { stopped } = await work(queue, ['false'], { halt: parseHalt('soon,fail=2') });
  expect(stopped).toBe('halt');
  expect(queue.ledger).toEqual(['given up a 1', 'given up b 1']);
  expect(queue.waiting).toEqual(['c']);
});

it('kills what runs and gives it back, once one is done, when that was asked for', async () => {
  const queue = new FakeQueue<unknown>(['0', '60', '61'], { maxAttempts: 1 });
  const { stopped, summary } = await work(queue, ['sleep'], { halt: parseHalt('now,success=1'), concurrency: 2 });
  expect(stopped).toBe('halt');
  expect(queue.ledger).toEqual(['done 0', 'released 60']);
  expect(summary.report).toMatchObject({ done: 1, released: 1, failed: 0 });
});

describe('what programs write', () => {
  const keep = async (queue: FakeQueue<unknown>, words: readonly string[], folder = tempFolder()) => {
    await work(queue, words, { results: await ProgramResults.open(disk, folder, systemClock) });
    return folder;
  };

  it('is kept in files, an attempt a directory, with how it ended', async () => {
    const queue = new FakeQueue<unknown>(['0', '3'], { maxAttempts: 2 });
    const folder = await keep(queue, ['sh', '-c', 'echo out; echo err >&2; exit "$1"', 'sh']);
    expect(readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual(
      ['0', '0/1', '3', '3/1', '3/2'].flatMap((place) =>
        place.includes('/') ? [place, `${place}/result.json`, `${place}/stderr`, `${place}/stdout`] : [place],
      ),
    );
    expect(readFileSync(join(folder, '3/2/stdout'), 'utf8')).toBe('out\n');
    expect(readFileSync(join(folder, '3/2/stderr'), 'utf8')).toBe('err\n');
    expect(JSON.parse(readFileSync(join(folder, '3/2/result.json'), 'utf8'))).toMatchObject({
      id: '3',
      attempt: 2,
      command: ['sh', '-c', expect.any(String), 'sh', '3'],
      end: { kind: 'exit', code: 3 },
    });
  });

  it('replaces what the same attempt wrote before, which was not counted', async () => {
    const folder = await keep(new FakeQueue<unknown>(['a']), ['echo', 'first']);
    await keep(new FakeQueue<unknown>(['a']), ['echo', 'second'], folder);
    expect(readFileSync(join(folder, 'a/1/stdout'), 'utf8')).toBe('second a\n');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('leaves nothing of a program that was told to end', async () => {
    const folder = tempFolder();
    const queue = new FakeQueue<unknown>(['0', '60'], { maxAttempts: 1 });
    const results = await ProgramResults.open(disk, folder, systemClock);
    await work(queue, ['sleep'], { halt: parseHalt('now,success=1'), concurrency: 2, results });
    expect(readdirSync(folder)).toEqual(['0']);
  });

  it('is refused before anything runs where it can not be kept', async () => {
    const folder = join(tempFolder(), 'a file');
    writeFileSync(folder, '');
    await expect(ProgramResults.open(disk, folder, systemClock)).rejects.toThrow(
      `What is to be kept in ${folder} can't be written (EEXIST)`,
    );
  });

  it('stops the work, and charges no message, once it can not be kept any more', async () => {
    const folder = join(tempFolder(), 'results');
    const results = await ProgramResults.open(disk, folder, systemClock);
    rmdirSync(folder);
    writeFileSync(folder, '');
    const queue = new FakeQueue<unknown>(['a', 'b']);
    const { stopped } = await work(queue, ['true'], { results });
    expect(stopped).toBeInstanceOf(OutputFailedError);
    expect(queue.ledger).toEqual(['done a']);
  });
});

it('charges no message with a command that can not be started at all', async () => {
  const queue = new FakeQueue<unknown>(['a', 'b']);
  const { stopped } = await work(queue, ['no-such-program-at-all']);
  expect(stopped).toBeInstanceOf(CannotStartError);
  expect(stopped).toHaveProperty('errno', 'ENOENT');
  expect(queue.ledger).toEqual(['released a']);
  expect(queue.waiting).toEqual(['a', 'b']);
});

it('charges the message when it is the message that names the program', async () => {
  const queue = new FakeQueue<unknown>(['no-such-program-at-all', 'true'], { maxAttempts: 1 });
  await work(queue, ['{}']);
  expect(queue.ledger).toEqual(['given up no-such-program-at-all 1', 'done true']);
});

it('finishes what runs and takes no more when nobody reads the output', async () => {
  const queue = new FakeQueue<unknown>(['a', 'b']);
  const display = new RecordingDisplay();
  display.output = async () => {
    throw new OutputClosedError();
  };
  const { stopped } = await work(queue, ['echo'], {}, display);
  expect(stopped).toBe('output-closed');
  expect(queue.ledger).toEqual(['done a']);
});

it('charges no message with a value that is not JSON, and says why it stopped', async () => {
  const queue = new FakeQueue<unknown>([new ForeignValue('2026-11-26'), 'b']);
  const { stopped } = await work(queue, ['true']);
  expect(stopped).toBeInstanceOf(ForeignValueError);
  expect(queue.ledger).toEqual([expect.stringMatching(/^released /)]);
});

it('charges no message with output that can not be written, and says why it stopped', async () => {
  const queue = new FakeQueue<unknown>(['a', 'b'], { maxAttempts: 1 });
  const display = new RecordingDisplay();
  const refusal = new OutputFailedError(new Error('ENOSPC'));
  display.output = async () => {
    throw refusal;
  };
  const { stopped } = await work(queue, ['echo'], {}, display);
  expect(stopped).toBe(refusal);
  expect(queue.ledger).toEqual(['done a']);
});

it('gives the value to stdin, as it is, when asked', async () => {
  const queue = new FakeQueue<unknown>([{ rows: [1, 2] }]);
  const display = new RecordingDisplay();
  await work(queue, ['sh', '-c', 'cat; echo; echo $#'], { stdin: true }, display);
  // In one piece or in several, as it comes.
  expect(display.told.slice(0, -1).join('\n')).toMatch(/\{"rows":\[1,2\]\}[^]*0$/);
});
