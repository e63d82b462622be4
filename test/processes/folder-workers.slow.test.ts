import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { example } from '../support/programs.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';

const EXAMPLE = example('folder-workers.mjs');
const ORDERS = Array.from({ length: 24 }, (_, n) => `order-${String(n + 1).padStart(2, '0')}.json`);
const PACE_MS = '40';

interface Kill {
  readonly role: 'produce' | 'work';
  /** What it says when it is killed. */
  readonly at: RegExp;
}

/** One process of the example, in its terminal. */
function open(role: Kill['role'], cwd: string): ChildProcess {
  const child = spawn(process.execPath, [EXAMPLE, role, PACE_MS], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** All four terminals, until each process ended; some are killed. True if all came to their end by themselves. */
async function round(cwd: string, kills: readonly Kill[] = []): Promise<boolean> {
  const waiting = [...kills];
  const roles = ['work', 'produce', 'work', 'work'] as const;
  const codes = roles.map(async (role) => {
    const child = open(role, cwd);
    if (child.stdout === null) throw new Error('it has no output');
    createInterface(child.stdout).on('line', (line) => {
      const index = waiting.findIndex((kill) => kill.role === role && kill.at.test(line));
      if (index < 0) return;
      waiting.splice(index, 1);
      child.kill('SIGKILL');
    });
    const [code]: unknown[] = await once(child, 'exit');
    return code;
  });
  return (await Promise.all(codes)).every((code) => code === 0);
}

interface Violence {
  readonly name: string;
  readonly rounds: readonly (readonly Kill[])[];
}

const VIOLENCE: readonly Violence[] = [
  { name: 'the producer, at its first file', rounds: [[{ role: 'produce', at: /put order-01/ }]] },
  {
    name: 'two of three workers, each with a file',
    rounds: [
      [
        { role: 'work', at: /took order-05/ },
        { role: 'work', at: /took order-09/ },
      ],
    ],
  },
  {
    name: 'all of them, again and again',
    rounds: [
      [
        { role: 'produce', at: /put order-08/ },
        { role: 'work', at: /took order-02/ },
        { role: 'work', at: /took order-04/ },
        { role: 'work', at: /took order-06/ },
      ],
      [
        { role: 'produce', at: /put order-20/ },
        { role: 'work', at: /attempt 2/ },
        { role: 'work', at: /took order-11/ },
      ],
    ],
  },
];

// The last has producers and workers killed, and is enough for each run.
it.each(DEEP ? VIOLENCE : VIOLENCE.slice(-1))(
  'the example with four terminals loses nothing when somebody kills $name',
  async ({ rounds }) => {
    const cwd = tempFolder();
    for (const kills of rounds) await round(cwd, kills);
    // A worker that is faster than the new producer finds the old one dead, and says so: it is started again.
    expect((await round(cwd)) || (await round(cwd))).toBe(true);

    const place = join(cwd, '.demo', 'orders');
    const results = readdirSync(join(place, 'results')).filter((name) => !name.startsWith('.'));
    expect(results.sort()).toEqual(ORDERS);
    for (const [n, name] of ORDERS.entries()) expect(readFileSync(join(place, 'results', name), 'utf8')).toBe(String((n + 1) * 3));
    expect(readdirSync(join(place, 'inbox', 'done')).sort()).toEqual(ORDERS);
    expect(readdirSync(join(place, 'outbox'))).toEqual([]);
    expect(readdirSync(join(place, 'inbox')).filter((name) => name.startsWith('order'))).toEqual([]);
  },
);
