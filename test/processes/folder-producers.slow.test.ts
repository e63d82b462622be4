import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ProducerLostError } from '../../src/folders/folder-errors.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import { program } from '../support/programs.ts';
import { randomNumbers } from '../support/random.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';

const PRODUCER = program('folder-producer.mjs');
const FILES = DEEP ? 2_000 : 100;
/** Runs that are killed before one is left to end. */
const KILLS = DEEP ? 100 : 4;

/** A text that shows whether it is whole: the script writes the same. */
const textOf = (name: string): string => `${name} begins\n${'.'.repeat(20_000)}\n${name} ends\n`;

const namesOf = (kind: string): string[] => Array.from({ length: FILES }, (_, index) => `${kind}-${String(index).padStart(5, '0')}.tsv`);

function inbox(parent: string | undefined, kind: string): string {
  const folder = join(tempFolder(parent), kind);
  mkdirSync(folder);
  for (const name of namesOf(kind)) writeFileSync(join(folder, name), textOf(name));
  return folder;
}

/** Runs the script to its end, or kills it so many milliseconds after it began to put. */
async function run(orders: object, killAfterMs?: number): Promise<'killed' | 'ended'> {
  const child = spawn(process.execPath, [PRODUCER, JSON.stringify(orders)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exit]);
  if (killAfterMs !== undefined) {
    await Promise.race([sleep(killAfterMs), exit]);
    child.kill('SIGKILL');
  }
  const [code, signal] = await exit;
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`the producer ended with ${code ?? signal}`);
  return signal === 'SIGKILL' ? 'killed' : 'ended';
}

/** Works off all that comes; a producer that was killed is run again, so it is waited for. */
async function readAll(directory: string): Promise<string[]> {
  await using queue = await ReadableFolderQueue.open(directory, { pollIntervalMs: 20 });
  const names: string[] = [];
  for (;;) {
    const file = await queue.get().catch((error: unknown) => {
      if (error instanceof ProducerLostError) return 'lost' as const;
      throw error;
    });
    if (file === undefined) return names;
    if (file === 'lost') {
      await sleep(20);
      continue;
    }
    expect(readFileSync(file.path, 'utf8')).toBe(textOf(file.name));
    names.push(file.name);
    await file.done();
  }
}

it(
  'F-01 F-03 F-24 F-45 a producer that is killed again and again, and run again, hands in all of its load, whole and without repeats',
  async () => {
    const elsewhere = existsSync('/dev/shm') ? '/dev/shm' : undefined;
    const folder = tempFolder();
    const [directory, ledger] = [join(folder, 'queue'), join(folder, 'ledger')];
    writeFileSync(ledger, '');
    const inboxes = [inbox(undefined, 'near'), inbox(elsewhere, 'far')];
    const orders = { directory, inboxes, ledger, texts: namesOf('text'), producer: 'extract' };
    const random = randomNumbers(7);
    let killed = 0;
    async function produce(): Promise<void> {
      for (let left = KILLS; left > 0; left -= 1) if ((await run(orders, random() * 40)) === 'killed') killed += 1;
      await run(orders);
    }
    const [names] = await Promise.all([readAll(directory), produce()]);

    expect(killed).toBeGreaterThan(KILLS / 2);
    for (const kind of ['near', 'far']) expect(names.filter((name) => name.startsWith(kind)).toSorted()).toEqual(namesOf(kind));
    expect(inboxes.flatMap((one) => readdirSync(one))).toEqual([]);
    // A text has no source that is gone: one that was there when its run was killed, unacknowledged, and was done since comes again.
    const written = names.filter((name) => name.startsWith('text'));
    expect([...new Set(written)].toSorted()).toEqual(namesOf('text'));
    expect(written.length - FILES).toBeLessThanOrEqual(10 * killed);
    // The next run sweeps what the last one still needed.
    await (await WritableFolderQueue.open(directory, { producer: 'extract' })).close();
    // Of a move that was killed when its source was gone a second name of the message is left, in case the source is not.
    const owners = readdirSync(join(directory, '.dibs/stages')).map((stage) => {
      expect(lstatSync(join(directory, '.dibs/stages', stage)).nlink).toBe(2);
      return stage.split('.')[1] ?? '';
    });
    expect(owners.length).toBeLessThanOrEqual(10 * killed);
    expect(readdirSync(join(directory, '.dibs/producers')).toSorted()).toEqual([...new Set(owners)].toSorted());
    expect(readdirSync(directory).filter((name) => /\.(?:helo|done)$/.test(name))).toHaveLength(2);
  },
  DEEP ? 600_000 : 120_000,
);
