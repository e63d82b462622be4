import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../src/cli/child/run-program.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const LINE = `${'x'.repeat(1_000)}\n`;

/** Runs a script of the shell on these pieces, and gives what it printed. */
async function feed(script: string, stdin: AsyncIterable<string>): Promise<string> {
  let printed = '';
  await runProgram({
    words: ['/bin/sh', '-c', script],
    env: process.env,
    stdin,
    killAfterMs: 1_000,
    signal: new AbortController().signal,
    onOutput: async (_from, lines) => void (printed += lines.toString()),
  });
  return printed.trim();
}

describe('a program that reads piece by piece', () => {
  it('gets all of it, however slowly it reads, and the rest waits', async () => {
    let made = 0;
    async function* pieces(): AsyncGenerator<string> {
      for (; made < 5_000; made += 1) yield LINE;
    }
    const printed = await feed('head -n 1 | wc -c; sleep 0.1; wc -l', pieces());
    const [first, rest] = printed.split('\n').map(Number);
    expect(first).toBe(1_001);
    // `head` took a block of its own.
    expect(rest).toBeGreaterThan(4_800);
    expect(made).toBe(5_000);
  });

  it('need not read all: the source is left then', async () => {
    let made = 0;
    let isLeft = false;
    async function* pieces(): AsyncGenerator<string> {
      try {
        for (;;) {
          made += 1;
          yield LINE;
        }
      } finally {
        isLeft = true;
      }
    }
    expect(await feed('head -c 3', pieces())).toBe('xxx');
    expect([isLeft, made > 0]).toEqual([true, true]);
  });

  it('is killed when the source fails, before it makes anything of a part', async () => {
    async function* pieces(): AsyncGenerator<string> {
      yield LINE;
      throw new Error('part 1 is torn');
    }
    const total = join(tempFolder(), 'total');
    await expect(feed(`n=$(wc -l); echo $n > ${total}`, pieces())).rejects.toThrow('part 1 is torn');
    expect(existsSync(total)).toBe(false);
  });
});
